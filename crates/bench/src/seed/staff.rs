//! Roles: everybody is a patient, few care for them, and very few administer.

use uuid::Uuid;
use voxgate_domain::Timestamp;

use super::chance::Chance;
use super::options::Plan;
use super::people::Person;
use super::rows::{Batch, Value};

/// Those who look at others, in the order in which they came.
#[derive(Debug, Default)]
pub(super) struct Staff {
    /// The first administrator, who gave the others their roles.
    first: Option<Uuid>,
    /// Those who care for patients, and since when.
    pub(super) clinicians: Vec<(Uuid, Timestamp)>,
    /// Those who administer, and since when.
    pub(super) administrators: Vec<(Uuid, Timestamp)>,
}

/// Gives the `n`th person their roles.
pub(super) fn assign(plan: &Plan, n: u64, person: &Person, staff: &mut Staff, chance: &mut Chance, roles: &mut Batch) {
    let (id, since) = (person.user.id.as_uuid(), person.user.created_at);
    let mut give = |role: &'static str, by: Option<Uuid>, reason: &'static str, id_of_it: Uuid| {
        roles.add([id_of_it.into(), id.into(), role.into(), by.into(), reason.into(), since.into()] as [Value; 6]);
    };
    give("patient", None, "registered", chance.id(since));
    if n == 0 {
        staff.first = Some(id);
        staff.administrators.push((id, since));
        give("admin", None, "made at the command line", chance.id(since));
        return;
    }
    // Of those who log in to be measured nobody has more; of the first others somebody does, so that there are some in a
    // small database too.
    let place = n.saturating_sub(plan.logins + 1);
    let (logs_in, lot) = (n <= plan.logins, chance.unit());
    if logs_in || !person.is_active() {
        return;
    }
    if place < 4 || lot < 0.005 {
        staff.clinicians.push((id, since));
        give("clinician", staff.first, "joined the clinic", chance.id(since));
    } else if place < 6 || lot < 0.006 {
        give("researcher", staff.first, "joined the study", chance.id(since));
    } else if lot < 0.006_05 {
        staff.administrators.push((id, since));
        give("admin", staff.first, "runs the service", chance.id(since));
    }
}
