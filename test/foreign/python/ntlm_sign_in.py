"""A page with requests-ntlm: ntlm_sign_in.py SETTINGS; prints what came of it."""

import json
import sys

import requests
from requests_ntlm import HttpNtlmAuth

settings = json.loads(sys.argv[1])
session = requests.Session()
session.headers["User-Agent"] = settings["agent"]
answer = session.get(settings["url"], auth=HttpNtlmAuth(settings["user"], settings["password"]))
print(json.dumps({"status": answer.status_code, "cookies": sorted(session.cookies.keys()), "page": answer.text}))
