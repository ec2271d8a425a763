//! The words of which people are made.

pub(super) const FIRST_NAMES: &[&str] = &[
    "Ada", "Amir", "Ana", "Anton", "Aylin", "Ben", "Carla", "Chen", "Clara", "David", "Dina", "Elena", "Elias", "Emma",
    "Fatima", "Felix", "Finn", "Grace", "Hana", "Hugo", "Ida", "Ines", "Ivan", "Jonas", "José", "Julia", "Kai",
    "Karim", "Lara", "Lena", "Leon", "Lina", "Luca", "Maria", "Marta", "Mateo", "Maya", "Mia", "Milan", "Mohamed",
    "Nadia", "Noah", "Nora", "Olga", "Omar", "Oskar", "Paula", "Priya", "Rosa", "Ruben", "Sara", "Selin", "Sofia",
    "Tariq", "Theo", "Tom", "Vera", "Yara", "Yuki", "Zoë",
];

pub(super) const LAST_NAMES: &[&str] = &[
    "Abe",
    "Ahmed",
    "Alvarez",
    "Bauer",
    "Becker",
    "Berg",
    "Braun",
    "Costa",
    "Demir",
    "Díaz",
    "Dubois",
    "Ferrari",
    "Fischer",
    "Garcia",
    "Gruber",
    "Haas",
    "Hansen",
    "Hoffmann",
    "Horvat",
    "Huber",
    "Ito",
    "Ivanova",
    "Jansen",
    "Johansson",
    "Kaya",
    "Keller",
    "Khan",
    "Klein",
    "Kowalska",
    "Kumar",
    "Lang",
    "Larsen",
    "Lehmann",
    "Lopez",
    "Maier",
    "Martin",
    "Meyer",
    "Moreau",
    "Müller",
    "Nguyen",
    "Nielsen",
    "Novak",
    "Okafor",
    "Patel",
    "Peeters",
    "Petrov",
    "Popescu",
    "Rossi",
    "Santos",
    "Sato",
    "Schmidt",
    "Schneider",
    "Silva",
    "Singh",
    "Smit",
    "Smith",
    "Tanaka",
    "Vogel",
    "Wagner",
    "Weber",
    "Wolf",
    "Yilmaz",
];

/// Names that nobody can register (RFC 2606).
pub(super) const DOMAINS: &[&str] = &[
    "example.com",
    "example.com",
    "example.com",
    "example.net",
    "example.net",
    "mail.example.org",
    "post.example.org",
    "clinic.example",
    "uni.example",
];

pub(super) const LOCALES: &[&str] = &["en", "en-GB", "de", "de-AT", "es", "fr", "it", "pt-BR"];

pub(super) const TIME_ZONES: &[&str] =
    &["Europe/Berlin", "Europe/Vienna", "Europe/London", "Europe/Madrid", "America/New_York", "America/Sao_Paulo"];

pub(super) const DEVICES: &[&str] = &["Phone", "My phone", "Laptop", "Tablet", "Ward computer", "Home"];

pub(super) const AGENTS: &[&str] = &[
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 \
     Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15",
    "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0",
    "VoiceDiary/4.2 (iOS 18.1)",
    "VoiceDiary/4.2 (Android 15)",
];

pub(super) const LOOK_REASONS: &[&str] =
    &["appointment today", "called back", "referral", "report requested", "follow-up of last week"];
