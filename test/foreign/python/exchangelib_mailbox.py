"""A mailbox as an application with exchangelib uses it: exchangelib_mailbox.py SETTINGS; prints one object."""

import datetime
import json
import sys

from exchangelib import BASIC, DELEGATE, UTC, Account, Configuration, Credentials, FileAttachment, Mailbox, Message
from exchangelib.ewsdatetime import EWSDateTime
from exchangelib.settings import OofSettings

settings = json.loads(sys.argv[1])
account = Account(
    settings["user"],
    config=Configuration(
        server=settings["server"],
        credentials=Credentials(settings["user"], settings["password"]),
        auth_type=BASIC,
    ),
    access_type=DELEGATE,
)
inbox = account.inbox

invoice = inbox.get(subject__startswith="Rechnung")
mail = Message(
    account=account,
    folder=account.sent,
    subject="From exchangelib",
    body="hello",
    to_recipients=[Mailbox(email_address=settings["to"])],
)
mail.attach(FileAttachment(name="x.txt", content=b"abc"))
mail.send_and_save()

now = EWSDateTime.now(UTC)
weeks = list(account.calendar.view(start=now - datetime.timedelta(days=1), end=now + datetime.timedelta(days=21)))
(free_busy,) = account.protocol.get_free_busy_info(
    [(account, "Organizer", False)], start=now, end=now + datetime.timedelta(days=21)
)
((person, contact),) = account.protocol.resolve_names([settings["to"]], return_full_contact_data=True)
(entry,) = account.contacts.all()
entry.job_title = "Forwarder"
entry.save()
entry.refresh()

account.oof_settings = OofSettings(
    state=OofSettings.SCHEDULED,
    external_audience="Known",
    internal_reply="away",
    external_reply="gone",
    start=now,
    end=now + datetime.timedelta(days=2),
)
away = account.oof_settings

print(
    json.dumps(
        {
            "folders": sorted(folder.name for folder in account.msg_folder_root.children),
            "saved": entry.job_title,
            "unread": inbox.filter(is_read=False).count(),
            "all": inbox.all().count(),
            "invoice": invoice.text_body,
            "attachments": [each.content.decode() for each in invoice.attachments],
            "sent": list(account.sent.filter(subject="From exchangelib").values_list("has_attachments", flat=True)),
            "series": [each.subject for each in weeks].count("Team meeting"),
            "busy": len(free_busy.calendar_events),
            "person": [person.email_address, contact.display_name],
            "contact": [entry.display_name, entry.email_addresses[0].email],
            "away": [away.state, away.external_audience, away.internal_reply, away.external_reply],
            "changes": sum(1 for _ in inbox.sync_items()),
        }
    )
)
