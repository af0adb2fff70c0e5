import json
import unittest
import urllib.error
import urllib.parse
import urllib.request

TOKEN = "https://login.microsoftonline.com/contoso.com/oauth2/v2.0/token"
CLIENT = "a0000000-0000-4000-8000-000000000005"


def token(secret):
    form = {
        "grant_type": "client_credentials",
        "client_id": CLIENT,
        "client_secret": secret,
        "scope": "https://graph.microsoft.com/.default",
    }
    with urllib.request.urlopen(TOKEN, urllib.parse.urlencode(form).encode()) as answer:
        return json.load(answer)


class Token(unittest.TestCase):
    """Proxy and CA come from the environment: nothing here knows of the stack."""

    def test_daemon_gets_one(self):
        self.assertEqual(token("sample-daemon-secret")["token_type"], "Bearer")

    def test_wrong_secret_gets_none(self):
        with self.assertRaises(urllib.error.HTTPError) as refused:
            token("wrong")
        self.assertEqual(json.load(refused.exception)["error_codes"], [7000215])


if __name__ == "__main__":
    unittest.main()
