# A relying party with openid_connect: relying_party.rb COMMAND SETTINGS; prints what came of it.
require 'json'
require 'openid_connect'

settings = JSON.parse(ARGV[1], symbolize_names: true)
# The HTTP client brings a list of authorities along and asks for no other.
trust = ->(client) { client.ssl_config.set_trust_ca(ENV.fetch('SSL_CERT_FILE')) }
[OpenIDConnect, Rack::OAuth2, SWD, WebFinger].each { |library| library.http_config(&trust) }

if ARGV[0] == 'find'
  puts JSON.generate(issuer: OpenIDConnect::Discovery::Provider.discover!(settings[:resource]).issuer)
  exit
end

server = OpenIDConnect::Discovery::Provider::Config.discover!(settings[:issuer])
client = OpenIDConnect::Client.new(
  identifier: settings[:id],
  secret: settings[:secret],
  redirect_uri: settings[:redirect],
  authorization_endpoint: server.authorization_endpoint,
  token_endpoint: server.token_endpoint,
  userinfo_endpoint: server.userinfo_endpoint
)
verifier = 'v' * 43

case ARGV[0]
when 'ask'
  challenge = Base64.urlsafe_encode64(OpenSSL::Digest::SHA256.digest(verifier), padding: false)
  proof = { code_challenge: challenge, code_challenge_method: 'S256' }
  url = client.authorization_uri(scope: %i[openid profile email], state: 'here', nonce: settings[:nonce], **proof)
  puts JSON.generate(url: url)
when 'redeem'
  client.authorization_code = settings[:code]
  tokens = client.access_token!(settings[:authentication].to_sym, code_verifier: verifier)
  id_token = OpenIDConnect::ResponseObject::IdToken.decode(tokens.id_token, server.jwks)
  id_token.verify!(issuer: settings[:issuer], client_id: settings[:id], nonce: settings[:nonce])
  puts JSON.generate(claims: id_token.raw_attributes, about: tokens.userinfo!.raw_attributes)
end
