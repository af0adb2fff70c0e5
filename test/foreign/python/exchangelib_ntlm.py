"""A mailbox with exchangelib and NTLM: exchangelib_ntlm.py SETTINGS; prints what the server asked for and the inbox."""

import json
import sys

from exchangelib import DELEGATE, NTLM, Account, Configuration, Credentials

settings = json.loads(sys.argv[1])
credentials = Credentials(settings["user"], settings["password"])
# Without an auth_type it picks one from the challenges.
configuration = Configuration(server=settings["server"], credentials=credentials)
account = Account(settings["mailbox"], config=configuration, access_type=DELEGATE)
print(
    json.dumps(
        {
            "isNtlm": account.protocol.auth_type == NTLM,
            "inbox": account.inbox.all().count(),
            "first": account.inbox.all().order_by("-datetime_received").values_list("subject", flat=True)[0],
        }
    )
)
