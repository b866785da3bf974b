"""The company's extensions, numbers and devices in the platform's shapes."""

from typing import Any

from rcdesk.simulator.account_state import Links
from rcdesk.simulator.company import Company, Person, Queue

_Json = dict[str, Any]

EXTENSION_TYPES = (
    *("User", "Department", "Announcement", "Voicemail", "DigitalUser", "VirtualUser"),
    *("FaxUser", "PagingOnly", "SharedLinesGroup", "DelegatedLinesGroup", "GroupCallPickup"),
    *("IvrMenu", "ApplicationExtension", "ProxyAdmin", "RoomConnector", "ParkLocation"),
    *("Limited", "Bot", "Site", "Room", "FlexibleUser", "TieLine", "External", "Unknown"),
)
_USA = "1"
_FEATURES = {
    **dict.fromkeys(
        (
            *("CallForwarding", "CallPark", "CallSwitch", "DND", "Fax", "FaxReceiving", "MMS"),
            *("InternationalCalling", "OnDemandCallRecording", "Pager", "PagerReceiving"),
            *("Presence", "RingOut", "SMS", "SMSReceiving", "TelephonySessions", "Voicemail"),
            *("VoicemailToText", "VoipCalling", "VoipCallingOnMobile", "WebPhone"),
        ),
        True,
    ),
    **dict.fromkeys(("CallSupervision", "Conferencing", "InternationalSMS", "Reports"), False),
}
# What GET features names them.
_FEATURE_IDS = {
    "CallForwarding": True,
    "CallSwitch": True,
    "HUD": True,
    "NewCallHandlingAndForwarding": False,
    "OnDemandCallRecording": True,
    "ReadCallLog": True,
    "ReadExtensionPhoneNumbers": True,
    "RingOut": True,
    "SMSSending": True,
    "UsersTelephonySessions": True,
    "VideoConferencing": False,
}
_NUMBER_FEATURES = ["CallerId", "SmsSender", "MmsSender"]


def country(links: Links) -> _Json:
    """Return the home country, as numbers and settings refer to it."""
    return {"uri": links.country(_USA), "id": _USA, "name": "United States"}


def regional_settings(links: Links) -> _Json:
    """Return where everybody is: California."""
    english = {"id": "1033", "localeCode": "en-US", "name": "English (United States)"}
    return {
        "homeCountry": country(links) | {"isoCode": "US", "callingCode": _USA},
        "timezone": {
            "uri": f"{links.server}/restapi/v1.0/dictionary/timezone/58",
            "id": "58",
            "name": "US/Pacific",
            "description": "Pacific Time (US & Canada)",
            "bias": "-480",
        },
        "language": english,
        "greetingLanguage": english,
        "formattingLocale": english,
        "timeFormat": "12h",
    }


def account(company: Company, links: Links) -> _Json:
    """Return GET account."""
    user = company.user
    return {
        "uri": links.account,
        "id": int(company.account_id),
        "mainNumber": company.main_number,
        "operator": {
            "uri": links.extension(user.extension_id),
            "id": int(user.extension_id),
            "extensionNumber": user.extension_number,
        },
        "serviceInfo": {
            "uri": f"{links.account}/service-info",
            "brand": {
                "id": "1210",
                "name": "RingCentral",
                "homeCountry": country(links) | {"isoCode": "US", "callingCode": _USA},
            },
            "servicePlan": {"id": "1", "name": "RingEX Ultra"},
        },
        "setupWizardState": "Completed",
        "status": "Confirmed",
        "regionalSettings": regional_settings(links)
        | {"currency": {"id": 1, "code": "USD", "name": "US Dollar", "symbol": "$"}},
        "federated": False,
        "limits": {"maxExtensionNumberLength": 8, "maxMonitoredExtensionsPerUser": 100},
    }


def contact_of(extension: Person | Queue, company: Company) -> _Json:
    """Return the contact of an extension."""
    if isinstance(extension, Queue):
        return {"firstName": extension.name, "name": extension.name, "company": company.name}
    return {
        "firstName": extension.first_name,
        "lastName": extension.last_name,
        "name": extension.name,
        "company": company.name,
        "email": extension.email,
        "businessPhone": extension.direct_number,
    }


def extension_summary(extension: Person | Queue, company: Company, links: Links) -> _Json:
    """Return a record of the extension list."""
    uri = links.extension(extension.extension_id)
    is_person = isinstance(extension, Person)
    return {
        "uri": uri,
        "id": int(extension.extension_id),
        "extensionNumber": extension.extension_number,
        "name": extension.name,
        "type": "User" if is_person else "Department",
        "status": "Enabled",
        "hidden": False,
        "contact": contact_of(extension, company),
        "permissions": {
            "admin": {"enabled": extension is company.user},
            "internationalCalling": {"enabled": is_person},
        },
        "profileImage": {"uri": f"{uri}/profile-image"},
    }


def extension_info(extension: Person | Queue, company: Company, links: Links) -> _Json:
    """Return GET extension."""
    info = extension_summary(extension, company, links) | {
        "account": {"uri": links.account, "id": company.account_id},
        "setupWizardState": "Completed",
        "regionalSettings": regional_settings(links),
        "serviceFeatures": [
            {"featureName": name, "enabled": enabled}
            | ({} if enabled else {"reason": "ServicePlanLimitation"})
            for name, enabled in _FEATURES.items()
        ],
    }
    if isinstance(extension, Person):
        info["contact"] |= {"emailAsLoginName": False}
        if extension is company.user:
            info["contact"] |= {"mobilePhone": company.mobile_number}
    return info


def phone_numbers(extension: Person | Queue, company: Company, links: Links) -> list[_Json]:
    """Return the numbers of an extension: the company's that it may show, and its own."""
    company_numbers = [
        (company.main_number, "MainCompanyNumber", "Local", ["CallerId"], "Company Main Number"),
        (company.toll_free_number, "CompanyNumber", "TollFree", ["CallerId"], "Toll-free"),
    ]
    own = extension.direct_number if isinstance(extension, Person) else extension.number
    own_features = _NUMBER_FEATURES if isinstance(extension, Person) else ["CallerId"]
    owner = {
        "uri": links.extension(extension.extension_id),
        "id": int(extension.extension_id),
        "extensionNumber": extension.extension_number,
        "type": "User" if isinstance(extension, Person) else "Department",
        "name": extension.name,
    }
    records = []
    for number, usage, payment, features, label in [
        *company_numbers,
        (own, "DirectNumber", "Local", own_features, ""),
    ]:
        number_id = int(number[2:]) * 1000 + 8
        record: _Json = {
            "uri": f"{links.account}/phone-number/{number_id}",
            "id": number_id,
            "phoneNumber": number,
            "paymentType": payment,
            "location": company.place_of(number),
            "type": "VoiceFax",
            "usageType": usage,
            "status": "Normal",
            "primary": usage == "MainCompanyNumber",
            "country": country(links),
            "features": features,
        }
        if label:
            record["label"] = label
        if usage == "DirectNumber":
            record["extension"] = owner
        records.append(record)
    return records


def forwarding_numbers(extension: Person | Queue, company: Company, links: Links) -> list[_Json]:
    """Return where an extension's calls can ring, and what RingOut can call first."""
    if not isinstance(extension, Person):
        return []
    numbers: list[_Json] = [
        {
            "phoneNumber": extension.direct_number,
            "label": f"{extension.name} Desk Phone",
            "type": "PhoneLine",
            "features": ["CallFlip"],
            "device": {"id": extension.device_id},
            "extension": {
                "id": extension.extension_id,
                "name": extension.name,
                "extensionNumber": extension.extension_number,
            },
        }
    ]
    if extension is company.user:
        both = ["CallForwarding", "CallFlip"]
        numbers += [
            {
                "phoneNumber": company.mobile_number,
                "label": "My Mobile",
                "type": "Mobile",
                "features": both,
            },
            {"phoneNumber": "+18315550119", "label": "Home", "type": "Home", "features": both},
        ]
    base = f"{links.extension(extension.extension_id)}/forwarding-number"
    for flip, number in enumerate(numbers, start=1):
        number_id = str(int(number["phoneNumber"][2:]) * 100 + 8)
        number |= {"id": number_id, "uri": f"{base}/{number_id}", "flipNumber": str(flip)}
    return numbers


def call_flip_numbers(extension: Person | Queue, company: Company, links: Links) -> list[_Json]:
    """Return the same phones as accounts with the new call handling list them."""
    return [
        {
            "id": number["id"],
            "phoneNumber": number["phoneNumber"],
            "type": "PhoneLine" if number["type"] == "PhoneLine" else "External",
            "label": number["label"],
            "flipNumber": number["flipNumber"],
        }
        for number in forwarding_numbers(extension, company, links)
        if "CallFlip" in number["features"]
    ]


def devices(extension: Person | Queue, company: Company, links: Links) -> list[_Json]:
    """Return the desk phone and, for the user, the desktop app."""
    if not isinstance(extension, Person):
        return []
    owner = {
        "uri": links.extension(extension.extension_id),
        "id": int(extension.extension_id),
        "extensionNumber": extension.extension_number,
    }
    desk_phone: _Json = {
        "uri": links.device(extension.device_id),
        "id": extension.device_id,
        "type": "HardPhone",
        "name": f"{extension.name} Desk Phone",
        "status": "Online",
        "serial": f"0004F2{int(extension.device_id) % 16**6:06X}",
        "model": {"id": "111", "name": "Polycom VVX-411", "addons": []},
        "extension": owner,
        "phoneLines": [
            {
                "id": f"{extension.device_id}1",
                "lineType": "Standalone",
                "phoneInfo": {
                    "id": int(extension.direct_number[2:]) * 1000 + 8,
                    "country": country(links),
                    "location": company.place_of(extension.direct_number),
                    "paymentType": "Local",
                    "phoneNumber": extension.direct_number,
                    "status": "Normal",
                    "type": "VoiceFax",
                    "usageType": "DirectNumber",
                },
                "emergencyAddress": {"required": False, "localOnly": False},
            }
        ],
    }
    if extension is not company.user:
        return [desk_phone]
    app_id = str(int(extension.device_id) + 1)
    app = {
        "uri": links.device(app_id),
        "id": app_id,
        "type": "SoftPhone",
        "name": "RingCentral app",
        "status": "Online",
        "computerName": "sequoia-101",
        "extension": owner,
        "phoneLines": [],
    }
    return [desk_phone, app]


def caller_id(person: Person, company: Company, links: Links) -> _Json:
    """Return which number each device and feature shows."""
    own_id = str(int(person.direct_number[2:]) * 1000 + 8)
    own = {
        "type": "PhoneNumber",
        "phoneInfo": {
            "uri": f"{links.account}/phone-number/{own_id}",
            "id": own_id,
            "phoneNumber": person.direct_number,
        },
    }
    return {
        "uri": f"{links.extension(person.extension_id)}/caller-id",
        "byDevice": [
            {
                "device": {key: device[key] for key in ("id", "uri", "name")},
                "callerId": own,
            }
            for device in devices(person, company, links)
        ],
        "byFeature": [
            {"feature": feature, "callerId": own}
            for feature in ("RingOut", "RingMe", "CallFlip", "AdditionalSoftphone", "MobileApp")
        ],
        "extensionNameForOutboundCalls": True,
        "extensionNumberForInternalCalls": False,
    }


def features() -> list[_Json]:
    """Return what GET features knows of the user."""
    return [
        {"id": name, "available": True}
        if available
        else {
            "id": name,
            "available": False,
            "reason": {
                "code": "ServicePlanLimitation",
                "message": "The feature is not part of the service plan",
            },
        }
        for name, available in _FEATURE_IDS.items()
    ]


def directory_entry(extension: Person | Queue, company: Company) -> _Json:
    """Return a record of the company directory."""
    entry: _Json = {
        "id": extension.extension_id,
        "type": "Department",
        "status": "Enabled",
        "account": {
            "id": company.account_id,
            "companyName": company.name,
            "mainNumber": {"phoneNumber": company.main_number, "usageType": "MainCompanyNumber"},
        },
        "extensionNumber": extension.extension_number,
        "name": extension.name,
        "hidden": False,
    }
    if isinstance(extension, Person):
        number = extension.direct_number
        entry |= {
            "type": "User",
            "firstName": extension.first_name,
            "lastName": extension.last_name,
            "email": extension.email,
        }
    else:
        number = extension.number
    direct = {"phoneNumber": number, "type": "VoiceFax", "usageType": "DirectNumber"}
    return entry | {"phoneNumbers": [direct]}


def call_queue(queue: Queue, links: Links) -> _Json:
    """Return a record of the call queue list."""
    return {
        "uri": f"{links.account}/call-queues/{queue.extension_id}",
        "id": queue.extension_id,
        "extensionNumber": queue.extension_number,
        "name": queue.name,
        "status": "Enabled",
    }
