import type { Snippet } from './snippet.ts'

export const mailSnippets = {
  mail: {
    language: 'Python',
    code: `import json
import urllib.request

address = "alice@contoso.com"
url = f"https://outlook.office365.com/autodiscover/autodiscover.json/v1.0/{address}?Protocol=ActiveSync"
with urllib.request.urlopen(url) as answer:
    print(json.load(answer)["Url"])`,
  },
  exchangelib: {
    language: 'Python',
    code: `from exchangelib import Account, Configuration, Credentials, DELEGATE

person = Credentials("bob@contoso.com", "Bob-Pass2")
settings = Configuration(service_endpoint="https://«MAIL_HOST»/EWS/Exchange.asmx", credentials=person)
account = Account("bob@contoso.com", config=settings, autodiscover=False, access_type=DELEGATE)
for letter in account.inbox.all().order_by("-datetime_received")[:3]:
    print(letter.datetime_received, letter.subject)`,
    notes: [
      'Online, Exchange takes no passwords: use OAuth2Credentials with an app registration, and https://outlook.office365.com/EWS/Exchange.asmx.',
    ],
  },
  davmail: {
    language: 'properties',
    code: `davmail.server=true
davmail.mode=EWS
davmail.url=https://«MAIL_HOST»/EWS/Exchange.asmx
davmail.enableProxy=true
davmail.useSystemProxies=false
davmail.proxyHost=«GATEWAY_HOST»
davmail.proxyPort=«GATEWAY_PORT»
davmail.bindAddress=127.0.0.1
davmail.imapPort=1143
davmail.smtpPort=1025
davmail.caldavPort=1080
davmail.ldapPort=1389
davmail.popPort=1110
davmail.disableUpdateCheck=true`,
    notes: [
      'keytool -importcert -noprompt -alias fauxchange -file fauxchange-ca.pem -keystore trust.p12 -storepass changeit',
      'java -Djavax.net.ssl.trustStore=trust.p12 -Djavax.net.ssl.trustStorePassword=changeit -jar davmail.jar -server davmail.properties',
      'In Thunderbird: IMAP 127.0.0.1:1143 and SMTP 127.0.0.1:1025, without encryption, normal password; the user is bob@contoso.com.',
    ],
  },
  smtp: {
    language: 'shell',
    code: `swaks --server 127.0.0.1:2526 --tls --from bob@contoso.com --to alice@contoso.com \\
  --auth LOGIN --auth-user bob@contoso.com --auth-password Bob-Pass2 \\
  --header 'Subject: From a program'`,
    notes: [
      '2526 is Exchange on-premises, 2525 Exchange Online; the start of the stack prints the ports that it has. Its certificate is of the same CA: --tls-verify --tls-ca-path fauxchange-ca.pem.',
    ],
  },
} as const satisfies Readonly<Record<string, Snippet>>
