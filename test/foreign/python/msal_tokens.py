"""What an application of Microsoft's library for Python asks for, as JSON: msal_tokens.py COMMAND SETTINGS."""

import json
import sys

import msal


def say(answer):
    print(json.dumps(answer), flush=True)


def public(settings):
    return msal.PublicClientApplication(
        settings["client"],
        authority=settings["authority"],
        instance_discovery=settings.get("instance_discovery"),
    )


def confidential(settings):
    return msal.ConfidentialClientApplication(
        settings["client"], settings["credential"], authority=settings["authority"]
    )


def password(settings):
    app = public(settings)
    say(app.acquire_token_by_username_password(settings["user"], settings["password"], settings["scopes"]))
    silently(app, settings)


def interactive(settings):
    app = public(settings)
    # The program of the variable BROWSER prints the address.
    say(app.acquire_token_interactive(settings["scopes"], timeout=300))
    silently(app, settings)


def device(settings):
    app = public(settings)
    flow = app.initiate_device_flow(settings["scopes"])
    say({name: flow.get(name) for name in ("user_code", "verification_uri", "error_description")})
    flow["interval"] = 1
    say(app.acquire_token_by_device_flow(flow))


def daemon(settings):
    say(confidential(settings).acquire_token_for_client(settings["scopes"]))


def behalf(settings):
    say(confidential(settings).acquire_token_on_behalf_of(settings["assertion"], settings["scopes"]))


def silently(app, settings):
    """From the cache, then anew, then for another resource."""
    (account,) = app.get_accounts()
    say(account)
    for scopes, anew in ((settings["scopes"], False), (settings["scopes"], True), (settings["others"], False)):
        say(app.acquire_token_silent_with_error(scopes, account, force_refresh=anew))


{"password": password, "interactive": interactive, "device": device, "daemon": daemon, "behalf": behalf}[sys.argv[1]](
    json.loads(sys.argv[2])
)
