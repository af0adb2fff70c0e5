# A service provider with ruby-saml: service_provider.rb COMMAND SETTINGS; prints what came of it.
require 'json'
require 'onelogin/ruby-saml'

saml = OneLogin::RubySaml
given = JSON.parse(ARGV[1], symbolize_names: true)
folder = given[:folder]
settings = saml::Settings.new
saml::IdpMetadataParser.new.parse(File.read("#{folder}/adfs.xml"), settings: settings) unless ARGV[0] == 'metadata'
settings.sp_entity_id = 'http://localhost:5004/saml'
settings.assertion_consumer_service_url = 'http://localhost:5004/acs'
settings.single_logout_service_url = 'http://localhost:5004/slo'
settings.name_identifier_format = 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient'
settings.certificate = File.read("#{folder}/certificate.pem")
settings.private_key = File.read("#{folder}/key.pem")
settings.security.merge!(
  authn_requests_signed: true, logout_requests_signed: true, logout_responses_signed: true,
  want_assertions_signed: true, want_assertions_encrypted: true,
  digest_method: XMLSecurity::Document::SHA256, signature_method: XMLSecurity::Document::RSA_SHA256
)

case ARGV[0]
when 'metadata'
  puts JSON.generate(metadata: saml::Metadata.new.generate(settings))
when 'request'
  request = saml::Authrequest.new
  puts JSON.generate(url: request.create(settings, RelayState: 'here'), id: request.uuid)
when 'accept'
  response = saml::Response.new(given[:response], settings: settings, matches_request_id: given[:id])
  valid = response.is_valid?
  settings.sessionindex = response.sessionindex
  settings.name_identifier_value = response.name_id
  logout = saml::Logoutrequest.new
  leave = valid ? logout.create(settings) : nil
  puts JSON.generate(
    valid: valid, errors: response.errors, attributes: response.attributes.all, leave: leave, id: logout.uuid
  )
when 'left'
  answer = saml::Logoutresponse.new(given[:response], settings, matches_request_id: given[:id])
  puts JSON.generate(valid: answer.validate, errors: answer.errors)
end
