"""Contacts and the company directory as the platform spells them."""

import msgspec

from rcdesk.ringcentral.wire import Listing, Navigation, SyncInfo, Text, Whole, Wire


class AddressEntry(Wire):
    """A postal address."""

    street: Text = None
    city: Text = None
    state: Text = None
    zip_code: Text = msgspec.field(default=None, name="zip")
    country: Text = None


class ContactEntry(Wire):
    """One personal contact; `availability` is set by synchronization alone."""

    id: Text = None
    availability: Text = None
    first_name: Text = None
    last_name: Text = None
    middle_name: Text = None
    nick_name: Text = None
    company: Text = None
    job_title: Text = None
    email: Text = None
    email2: Text = None
    email3: Text = None
    birthday: Text = None
    web_page: Text = None
    notes: Text = None
    home_phone: Text = None
    home_phone2: Text = None
    business_phone: Text = None
    business_phone2: Text = None
    mobile_phone: Text = None
    business_fax: Text = None
    company_phone: Text = None
    assistant_phone: Text = None
    car_phone: Text = None
    other_phone: Text = None
    other_fax: Text = None
    callback_phone: Text = None
    home_address: AddressEntry | None = None
    business_address: AddressEntry | None = None
    other_address: AddressEntry | None = None
    ringtone_index: Text = None
    app_info: Text = None


class ContactsAnswer(Listing):
    """One page of contacts."""

    records: list[ContactEntry] | None = None
    navigation: Navigation | None = None


class ContactsSyncAnswer(Listing):
    """One page of address-book-sync."""

    records: list[ContactEntry] | None = None
    sync_info: SyncInfo | None = None
    next_page_id: Text = None


class DirectoryAccount(Wire):
    """The company of a directory entry: another one's where accounts are federated."""

    company_name: Text = None
    federated_name: Text = None


class DirectoryPhoneNumber(Wire):
    """A number of a directory entry; `e164` and `phone_number` are two names of one thing."""

    phone_number: Text = None
    e164: Text = None
    label: Text = None
    usage_type: Text = None
    hidden: bool | None = None


class DirectorySite(Wire):
    """A business site."""

    name: Text = None


class DirectoryEntryRecord(Wire):
    """Somebody or something in the company directory."""

    id: Text = None
    type: Text = None
    status: Text = None
    account: DirectoryAccount | None = None
    department: Text = None
    email: Text = None
    extension_number: Text = None
    first_name: Text = None
    last_name: Text = None
    name: Text = None
    job_title: Text = None
    phone_numbers: list[DirectoryPhoneNumber] | None = None
    site: DirectorySite | None = None
    hidden: bool | None = None


class Paging(Wire):
    """Where a page stands."""

    per_page: Whole | None = None
    total_pages: Whole | None = None


class DirectoryAnswer(Listing):
    """One page of the directory, which has no links to its neighbours."""

    records: list[DirectoryEntryRecord] | None = None
    paging: Paging | None = None
