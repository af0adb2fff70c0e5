"""A calendar as an application with exchangelib keeps it: exchangelib_calendar.py SETTINGS; prints one object."""

import datetime
import decimal
import json
import sys
import threading

from exchangelib import (
    BASIC,
    DELEGATE,
    Account,
    CalendarItem,
    Configuration,
    Contact,
    Credentials,
    EWSDateTime,
    EWSTimeZone,
    ExtendedProperty,
    ItemAttachment,
    Mailbox,
    Message,
    Task,
)
from exchangelib.indexed_properties import EmailAddress, PhoneNumber, PhysicalAddress
from exchangelib.items import SEND_TO_ALL_AND_SAVE_COPY, SEND_TO_NONE
from exchangelib.properties import Attendee
from exchangelib.recurrence import Recurrence, WeeklyPattern

settings = json.loads(sys.argv[1])


class Ticket(ExtendedProperty):
    property_set_id = "c11ff724-aa03-4555-9952-8fa248a11c3e"
    property_name = "Ticket"
    property_type = "String"


CalendarItem.register("ticket", Ticket)


def account_of(person):
    return Account(
        person["user"],
        config=Configuration(
            server=settings["server"],
            credentials=Credentials(person["user"], person["password"]),
            auth_type=BASIC,
        ),
        access_type=DELEGATE,
        default_timezone=EWSTimeZone("Europe/Berlin"),
    )


organizer, guest = account_of(settings["organizer"]), account_of(settings["guest"])
berlin = organizer.default_timezone
monday = EWSDateTime.now(berlin).replace(hour=9, minute=30, second=0, microsecond=0) + datetime.timedelta(days=7)
monday -= datetime.timedelta(days=monday.weekday())

series = CalendarItem(
    account=organizer,
    folder=organizer.calendar,
    subject="Standup",
    body="Bring figures",
    start=monday,
    end=monday + datetime.timedelta(minutes=15),
    location="Room 1",
    required_attendees=[Attendee(mailbox=Mailbox(email_address=settings["guest"]["user"]))],
    recurrence=Recurrence(
        pattern=WeeklyPattern(interval=1, weekdays=["Monday"], first_day_of_week="Monday"),
        start=monday.date(),
        number=4,
    ),
    ticket="T-1",
)
series.save(send_meeting_invitations=SEND_TO_ALL_AND_SAVE_COPY)
series = organizer.calendar.get(subject="Standup")
second = series.occurrence(index=2)
second.refresh()
second.start += datetime.timedelta(hours=2)
second.end += datetime.timedelta(hours=2)
second.save(update_fields=["start", "end"], send_meeting_invitations=SEND_TO_ALL_AND_SAVE_COPY)
series.occurrence(index=3).delete(send_meeting_cancellations=SEND_TO_ALL_AND_SAVE_COPY)
series.refresh()

request = [each for each in guest.inbox.all() if type(each).__name__ == "MeetingRequest" and each.subject == "Standup"][0]
request.accept(body="with pleasure")
response = [each for each in organizer.inbox.all() if type(each).__name__ == "MeetingResponse"][0]
view = guest.calendar.view(start=monday, end=monday + datetime.timedelta(days=30))
theirs = [(each.start.astimezone(berlin).strftime("%d %H:%M"), each.type) for each in view if each.subject == "Standup"]
own = list(organizer.calendar.view(start=monday, end=monday + datetime.timedelta(days=30)))

holiday = CalendarItem(
    account=organizer,
    folder=organizer.calendar,
    subject="Holiday",
    start=monday.date(),
    end=monday.date(),
    is_all_day=True,
)
holiday.save(send_meeting_invitations=SEND_TO_NONE)
holiday = organizer.calendar.get(subject="Holiday")

task = Task(
    account=organizer,
    folder=organizer.tasks,
    subject="Report",
    due_date=monday.date(),
    percent_complete=decimal.Decimal(40),
    status="InProgress",
)
task.save()
task = organizer.tasks.get(subject="Report")
known = [task.status, float(task.percent_complete), task.due_date == monday.date()]
task.complete()
task.refresh()

contact = Contact(
    account=organizer,
    folder=organizer.contacts,
    display_name="Ada Okafor",
    given_name="Ada",
    surname="Okafor",
    company_name="Example",
    email_addresses=[EmailAddress(label="EmailAddress1", email="ada@example.com")],
    phone_numbers=[PhoneNumber(label="MobilePhone", phone_number="+1 555 0100")],
    physical_addresses=[PhysicalAddress(label="Home", street="1 Main", city="Springfield", zipcode="12345")],
)
contact.save()
(contact,) = [each for each in organizer.contacts.all() if each.surname == "Okafor"]
contact.job_title = "Engineer"
contact.save(update_fields=["job_title"])
contact.refresh()

attached = Message(account=organizer, folder=organizer.drafts, subject="Outer", body="see inside")
inner = Message(account=organizer, subject="Inner", body="inside")
attached.attach(ItemAttachment(name="Inner", item=inner))
attached.save()
outer = organizer.drafts.get(subject="Outer")

heard = []
subscribed = organizer.inbox.subscribe_to_streaming()


def listen():
    for notification in organizer.inbox.get_streaming_events(
        subscribed, connection_timeout=1, max_notifications_returned=1
    ):
        heard.extend(type(event).__name__ for event in notification.events)


listener = threading.Thread(target=listen)
listener.start()
Message(
    account=guest, subject="Heard", body="x", to_recipients=[Mailbox(email_address=settings["organizer"]["user"])]
).send()
listener.join(timeout=300)
organizer.inbox.unsubscribe(subscribed)
pulled, watermark = organizer.inbox.subscribe_to_pull()
quiet = [type(event).__name__ for each in organizer.inbox.get_events(pulled, watermark) for event in each.events]

print(
    json.dumps(
        {
            "type": series.type,
            "ticket": series.ticket,
            "zone": str(series._start_timezone),
            "changed": [each.start.astimezone(berlin).strftime("%H:%M") for each in series.modified_occurrences],
            "deleted": len(series.deleted_occurrences),
            "pattern": str(type(series.recurrence.pattern).__name__),
            "response": response.subject,
            "theirs": [time.split(" ")[1] for time, _ in theirs],
            "kinds": [kind for _, kind in theirs],
            "own": [each.subject for each in own].count("Standup"),
            "holiday": [str(holiday.start == monday.date()), holiday.is_all_day],
            "task": known + [task.is_complete],
            "contact": [
                contact.display_name,
                contact.job_title,
                contact.email_addresses[0].email,
                contact.phone_numbers[0].phone_number,
                contact.physical_addresses[0].city,
            ],
            "attached": [(each.name, each.item.subject, each.item.text_body.strip()) for each in outer.attachments],
            "heard": heard,
            "quiet": quiet,
            "rooms": [each.name for each in organizer.protocol.get_roomlists()],
        }
    )
)
