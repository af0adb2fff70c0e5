"""A service provider with pysaml2: pysaml2_provider.py COMMAND SETTINGS; prints what came of it."""

import json
import sys

from saml2 import BINDING_HTTP_POST, BINDING_HTTP_REDIRECT
from saml2.client import Saml2Client
from saml2.config import SPConfig
from saml2.metadata import entity_descriptor

command, settings = sys.argv[1], json.loads(sys.argv[2])
folder = settings["folder"]
origin = "http://localhost:5003"
config = SPConfig().load(
    {
        "entityid": origin + "/saml",
        "allow_unknown_attributes": True,
        "key_file": folder + "/key.pem",
        "cert_file": folder + "/certificate.pem",
        "encryption_keypairs": [{"key_file": folder + "/key.pem", "cert_file": folder + "/certificate.pem"}],
        "metadata": {"local": [folder + "/adfs.xml"]} if command != "metadata" else {},
        "service": {
            "sp": {
                "endpoints": {
                    "assertion_consumer_service": [(origin + "/acs", BINDING_HTTP_POST)],
                    "single_logout_service": [(origin + "/slo", BINDING_HTTP_REDIRECT)],
                },
                "authn_requests_signed": True,
                "want_assertions_signed": True,
                "want_response_signed": False,
                "name_id_format": ["urn:oasis:names:tc:SAML:2.0:nameid-format:transient"],
                "signing_algorithm": "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
                "digest_algorithm": "http://www.w3.org/2001/04/xmlenc#sha256",
            }
        },
    }
)


def metadata():
    return {"metadata": str(entity_descriptor(config))}


def request():
    identifier, made = Saml2Client(config).prepare_for_authenticate(relay_state="here")
    return {"id": identifier, "url": dict(made["headers"])["Location"]}


def accept():
    answer = Saml2Client(config).parse_authn_request_response(
        settings["response"], BINDING_HTTP_POST, outstanding={settings["id"]: "/"}
    )
    return {"name": answer.name_id.text, "claims": answer.ava, "issuer": answer.issuer()}


print(json.dumps({"metadata": metadata, "request": request, "accept": accept}[command]()))
