"""Names of the people and businesses that the simulated company talks to."""

FIRST_NAMES = (
    "Aaron", "Abigail", "Ahmed", "Aiko", "Alejandra", "Amara", "Anders", "Anika", "Beatriz",
    "Ben", "Bjørn", "Camille", "Carlos", "Chidi", "Chloé", "Dana", "Deepa", "Dmitri", "Elena",
    "Elijah", "Emeka", "Eva", "Fatima", "Felix", "Fiona", "Gabriel", "Grace", "Hannah", "Hiro",
    "Ingrid", "Isaac", "Jamal", "Jia", "João", "Kateřina", "Kofi", "Lars", "Leila", "Li",
    "Luca", "Maeve", "Malik", "Marta", "Mei", "Mohammed", "Nadia", "Nikhil", "Noor", "Olga",
    "Oluwaseun", "Owen", "Paula", "Priya", "Quentin", "Rafael", "Renée", "Rosa", "Sanjay",
    "Siobhán", "Sofia", "Tariq", "Tomás", "Ulrike", "Valentina", "Wei", "Xiomara", "Yusuf",
    "Zoë", "Zuzanna",
)  # fmt: skip

LAST_NAMES = (
    "Abbott", "Adeyemi", "Andersson", "Baker", "Banerjee", "Bianchi", "Carter", "Chen", "Costa",
    "D'Angelo", "Dvořák", "Edwards", "Eriksen", "Fernández", "Foster", "García", "Greene",
    "Haddad", "Hernández", "Ito", "Ivanova", "Jackson", "Kowalski", "Kumar", "Laurent", "Lee",
    "Lindqvist", "Martin", "Mensah", "Morales", "Müller", "Nakamura", "Nguyễn", "Novak",
    "O'Brien", "Okafor", "Oliveira", "Patel", "Pereira", "Petrov", "Quinn", "Ramirez", "Rossi",
    "Sato", "Schmidt", "Silva", "Singh", "Smith", "Tanaka", "Taylor", "Tremblay", "Ueda",
    "van der Berg", "Vasquez", "Walker", "Weiß", "Williams", "Wójcik", "Yamamoto", "Young",
    "Zhang",
)  # fmt: skip

BUSINESSES = (
    "Alder & Finch Accounting", "Bay Area Freight", "Bluebird Dental", "Canyon Roofing",
    "Castro Street Pharmacy", "Cedar Point Clinic", "Delta Courier", "Evergreen Landscaping",
    "First Harbor Credit Union", "Golden Gate Couriers", "Granite Peak Insurance",
    "Harbor Lights Hotel", "Ironwood Legal", "Juniper Books", "Kestrel Logistics",
    "Lakeside Veterinary", "Maple Street School", "Northwind Traders", "Oak & Iron Builders",
    "Pacific Office Supply", "Quarry Lane Auto", "Redwood Print Shop", "Silverline Travel",
    "Tidewater Catering", "Union Square Florist", "Valley Water District", "Westgate Realty",
)  # fmt: skip

# What a caller-ID database returns instead of a name: capitals, cut to 15 characters.
CARRIER_NAMES = (
    "WIRELESS CALLER", "TOLL FREE CALL", "UNAVAILABLE", "CELL PHONE   CA", "SAN FRANCSCO CA",
    "NEW YORK     NY", "LOS ANGELES  CA", "PALO ALTO    CA",
)  # fmt: skip

# Names that break a careless layout or comparison.
AWKWARD_NAMES = (
    "מרים כהן",
    "أحمد عبد الرحمن",
    "Zoë Nguyễn-Håkansson",
    "🦄 Pat's Unicorn Bakery 🍰",
    "Hubert Wolfeschlegelsteinhausenbergerdorff Sr., Northern California Philharmonic Orchestra",
    "田中 太郎",
    "<b>Bobby</b> O'Tables & Sons",
    "Łukasz Żółć-Gęślą",
)

COLLEAGUES = (
    ("Priya", "Raman"), ("Marcus", "Oyelaran"), ("Siobhán", "Kelleher"), ("Tomás", "Ferreira"),
    ("Grace", "Lindqvist"), ("Hiro", "Nakamura"), ("Dana", "Whitfield"), ("Amira", "Haddad"),
    ("Pavel", "Dvořák"), ("Jonathan", "Featherstonehaugh-Cholmondeley"), ("Mei", "Zhang"),
    ("Luis", "Morales"),
)  # fmt: skip

QUEUES = ("Sales", "Customer Support", "Billing & Returns")
