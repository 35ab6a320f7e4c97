//! What happened in the invented province: who did what and when. A pure value, drawn from a seed.

use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap};

use ::campaigns::{CaseStep, ReceiverRole};
use simulation::world::{World, WorldUnit, WorldUnitKind};
use simulation::{LogKind, Random};

use super::newcomer;
use super::numbers::{
    BEFORE_CLOSED, BEFORE_LAUNCHED, CHECKED, DEADLINE, DECLARED, FIRST_LOGS, FIRST_LOGS_DAYS,
    INNER_DEADLINE, LAUNCHED, Moment, NOTED, QUIET_DAYS, REPORTS, SEEN_AGAIN_LOGS, seed_of,
};

/// One thing that somebody did.
#[derive(Clone, Debug)]
pub(super) struct Deed {
    /// When.
    pub(super) at: Moment,
    /// In which campaign.
    pub(super) campaign: Which,
    /// Code of the unit whose people did it.
    pub(super) unit: String,
    /// What.
    pub(super) step: Step,
}

/// A campaign of the demonstration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Which {
    /// The one before, closed.
    Before,
    /// The one that runs.
    Current,
}

/// What was done.
#[derive(Clone, Debug)]
pub(super) enum Step {
    /// The focal unit writes the letter, with its attachment, list and receivers.
    Create(Vec<(String, ReceiverRole)>),
    /// The focal unit sends it.
    Send,
    /// The focal unit ends the campaign.
    Close,
    /// The unit opens the letter.
    Open,
    /// The unit acknowledges it.
    Acknowledge,
    /// The unit launches the campaign at its own place.
    Launch,
    /// The unit passes it on, to be reported on before a day.
    PassOn(Vec<String>, i64),
    /// The unit tells so many organisations outside the system.
    Tell(u64),
    /// The unit has a log checked.
    CheckLog(CheckedLog),
    /// The unit works on one of its infected devices.
    Work {
        /// Its place among them; the one at 0 may come back.
        place: usize,
        /// How many devices the unit has.
        devices: u32,
        /// What is done.
        step: CaseStep,
    },
    /// Results of scans of the unit's PCs come, and its officer brings reports of other scanners.
    Scan,
    /// What is due without anybody's doing: verification.
    Upkeep,
    /// The unit writes its report; with more than was measured, and a proposal, or neither.
    WriteReport {
        /// Declares more than was measured, and says why.
        has_difference: bool,
        /// Has a proposal.
        has_proposal: bool,
    },
    /// Its leader approves it.
    Approve,
    /// It is sent on.
    Submit,
    /// The unit takes note of another's report, and answers its proposal if it has one.
    Note(String),
    /// The unit asks another for a supplement.
    AskSupplement(String),
    /// The unit reminds those who have not acknowledged.
    Remind,
}

/// A log that a unit has checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct CheckedLog {
    /// Its kind.
    pub(super) kind: LogKind,
    /// Day it begins.
    pub(super) first_day: i64,
    /// Days it goes on.
    pub(super) days: u16,
    /// Devices of the unit.
    pub(super) devices: u32,
    /// The first ones of its infected devices show in it, so many.
    pub(super) infected: u32,
}

/// How far a unit got.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Progress {
    Delivered,
    Opened,
    Acknowledged,
    Launched,
    Working,
    Drafted,
    Approved,
    Submitted,
    SupplementAsked,
    Resubmitted,
    Noted,
}

/// Every state, often enough that each page has something to show.
const DIRECT: [Progress; 16] = [
    Progress::Noted,
    Progress::Submitted,
    Progress::Launched,
    Progress::Working,
    Progress::Acknowledged,
    Progress::Noted,
    Progress::Drafted,
    Progress::Opened,
    Progress::SupplementAsked,
    Progress::Submitted,
    Progress::Delivered,
    Progress::Approved,
    Progress::Launched,
    Progress::Noted,
    Progress::Resubmitted,
    Progress::Working,
];

/// How many infected devices the busy unit has: one for each fate.
const BUSY_DEVICES: u32 = 8;

/// Code of the unit that has a case in every state: the first department without units below.
pub(super) fn busy_unit(world: &World) -> String {
    let busy = world.units.iter().find(|unit| {
        unit.kind == WorldUnitKind::Department
            && unit.code != world.focal_code
            && children(world, &unit.code).is_empty()
    });
    busy.map(|it| it.code.clone()).unwrap_or_default()
}

/// Codes of the units right below a unit, in any line.
pub(super) fn children(world: &World, code: &str) -> Vec<String> {
    let is_below = |unit: &&WorldUnit| unit.parents.iter().any(|(_, above)| above == code);
    world.units.iter().filter(is_below).map(|it| it.code.clone()).collect()
}

/// Everything that happened, in the order in which it did.
pub(super) fn of(world: &World, seed: u64) -> Vec<Deed> {
    let mut plan = Plan { world, seed, deeds: Vec::new() };
    plan.before();
    plan.current();
    let mut deeds = plan.deeds;
    deeds.sort_by_key(|deed| deed.at);
    deeds
}

struct Plan<'w> {
    world: &'w World,
    seed: u64,
    deeds: Vec<Deed>,
}

impl Plan<'_> {
    fn add(&mut self, campaign: Which, at: Moment, unit: &str, step: Step) {
        self.deeds.push(Deed { at, campaign, unit: unit.to_owned(), step });
    }

    /// Whom the focal unit's letter goes to, and as what.
    fn receivers(&self) -> Vec<(String, ReceiverRole)> {
        let root = self.world.units.first().map(|it| it.code.clone()).unwrap_or_default();
        let direct = self
            .world
            .units
            .iter()
            .filter(|unit| unit.parents.iter().any(|(_, above)| *above == root))
            .filter(|unit| unit.code != self.world.focal_code)
            .map(|unit| {
                let is_office = unit.name.starts_with("Văn phòng");
                let role =
                    if is_office { ReceiverRole::Coordination } else { ReceiverRole::Action };
                (unit.code.clone(), role)
            });
        direct.chain([(root.clone(), ReceiverRole::Information)]).collect()
    }

    /// The campaign before: departments alone, and closed.
    fn before(&mut self) {
        let focal = self.world.focal_code.clone();
        let mut receivers = self.receivers();
        receivers.truncate(18);
        let launched = Moment::on(BEFORE_LAUNCHED, 9, 0);
        let create = Step::Create(receivers.clone());
        self.add(Which::Before, launched.plus(-24 * 60), &focal, create);
        self.add(Which::Before, launched, &focal, Step::Send);
        let action = receivers.into_iter().filter(|(_, role)| role.owes_report());
        for (index, (unit, _)) in action.enumerate() {
            let mut random = Random::for_part(seed_of(self.seed, &unit), "before");
            let opened = launched.later(1, &mut random);
            // One in nine never reported: it is named as missing in the roll-up.
            let progress = if index % 9 == 8 { Progress::Launched } else { Progress::Noted };
            let launched_here = self.receive(Which::Before, &unit, opened, progress, &mut random);
            if progress == Progress::Noted {
                let written = launched_here.later(25, &mut random);
                self.report(Which::Before, &unit, &focal, written, progress, &mut random);
            }
        }
        self.add(Which::Before, Moment::on(BEFORE_CLOSED, 16, 0), &focal, Step::Close);
    }

    /// The campaign that runs.
    fn current(&mut self) {
        let focal = self.world.focal_code.clone();
        let receivers = self.receivers();
        let launched = Moment::on(LAUNCHED, 9, 0);
        let create = Step::Create(receivers.clone());
        self.add(Which::Current, launched.plus(-24 * 60), &focal, create);
        self.add(Which::Current, launched, &focal, Step::Send);
        self.add(Which::Current, Moment::on(REPORTS, 8, 30), &focal, Step::Remind);

        // Deliveries in the order of time: a unit reports along the line by which it came first.
        let mut deliveries = BinaryHeap::new();
        for (index, (unit, _)) in
            receivers.into_iter().filter(|(_, role)| role.owes_report()).enumerate()
        {
            deliveries.push(Reverse((launched, index, unit, focal.clone())));
        }
        let mut reached = BTreeSet::new();
        let newcomer = newcomer(self.world);
        while let Some(Reverse((delivered, index, unit, above))) = deliveries.pop() {
            if !reached.insert(unit.clone()) || unit == newcomer {
                continue;
            }
            let below = children(self.world, &unit);
            let progress = self.progress(&unit, index, &below);
            let passed = self.work(&unit, &above, delivered, progress, &below);
            for (place, child) in below.into_iter().enumerate() {
                if let Some(passed) = passed {
                    deliveries.push(Reverse((
                        passed,
                        index * 3 + place * 5 + 1,
                        child,
                        unit.clone(),
                    )));
                }
            }
        }
        // Verification comes after the last log; who earned it may be closed.
        let evening = Moment::on(-1, 17, 0);
        self.add(Which::Current, evening, &focal, Step::Upkeep);
        // Behind all other work: cases are found by their place among those that logs opened.
        let scanned = Moment::on(-1, 19, 0);
        self.add(Which::Current, scanned, &busy_unit(self.world), Step::Scan);
    }

    fn progress(&self, unit: &str, index: usize, below: &[String]) -> Progress {
        let drawn = DIRECT.get(index % DIRECT.len()).copied().unwrap_or(Progress::Launched);
        if unit == busy_unit(self.world) {
            Progress::Drafted
        } else if below.len() > 4 || below.contains(&newcomer(self.world)) {
            // The heads of a sector pass the letter on: their schools and clinics depend on it.
            drawn.max(Progress::Submitted)
        } else {
            drawn
        }
    }

    /// A unit's part in the campaign that runs; gives when it passed the letter on.
    fn work(
        &mut self,
        unit: &str,
        above: &str,
        delivered: Moment,
        progress: Progress,
        below: &[String],
    ) -> Option<Moment> {
        let mut random = Random::for_part(seed_of(self.seed, unit), "current");
        let opened = delivered.later(i64::from(random.per_mille(400)), &mut random);
        let launched = self.receive(Which::Current, unit, opened, progress, &mut random);
        if progress < Progress::Launched {
            return None;
        }
        let passed = launched.plus(40);
        if !below.is_empty() {
            // A newcomer is still in time, whoever the letter came from.
            let has_newcomer = below.contains(&newcomer(self.world));
            let deadline = if has_newcomer { DEADLINE } else { INNER_DEADLINE };
            let pass_on = Step::PassOn(below.to_vec(), deadline);
            self.add(Which::Current, passed, unit, pass_on);
        }
        self.add(Which::Current, launched.plus(90), unit, Step::Tell(random.below(4)));
        // Not every unit has logs; those that say they work on devices do.
        let has_logs = progress == Progress::Working || random.per_mille(450);
        if progress >= Progress::Working && (has_logs || unit == busy_unit(self.world)) {
            self.check(unit, launched, &mut random);
        }
        if progress >= Progress::Drafted {
            let is_late = above != self.world.focal_code && random.per_mille(350);
            let day = if is_late { INNER_DEADLINE } else { REPORTS };
            let written = launched.not_before(day).later(0, &mut random);
            self.report(Which::Current, unit, above, written, progress, &mut random);
        }
        (!below.is_empty()).then_some(passed)
    }

    /// From opening to launching; gives when the last of it was.
    fn receive(
        &mut self,
        which: Which,
        unit: &str,
        opened: Moment,
        progress: Progress,
        random: &mut Random,
    ) -> Moment {
        let acknowledged = opened.plus(20 + i64::try_from(random.below(90)).unwrap_or(0));
        let launched = acknowledged.later(i64::from(random.per_mille(500)), random);
        for (needed, at, step) in [
            (Progress::Opened, opened, Step::Open),
            (Progress::Acknowledged, acknowledged, Step::Acknowledge),
            (Progress::Launched, launched, Step::Launch),
        ] {
            if progress >= needed {
                self.add(which, at, unit, step);
            }
        }
        launched
    }

    /// Logs are checked, and devices worked on.
    fn check(&mut self, unit: &str, launched: Moment, random: &mut Random) {
        let is_busy = unit == busy_unit(self.world);
        let devices = if is_busy { 60 } else { 12 + u32::try_from(random.below(30)).unwrap_or(0) };
        let infected =
            if is_busy { BUSY_DEVICES } else { u32::try_from(random.below(5)).unwrap_or(0) };
        let log = |kind, first_day, days, infected| {
            Step::CheckLog(CheckedLog { kind, first_day, days, devices, infected })
        };
        let checked = launched.not_before(CHECKED).later(0, random);
        let which = Which::Current;
        self.add(which, checked, unit, log(LogKind::Bind, FIRST_LOGS, FIRST_LOGS_DAYS, infected));
        if is_busy || random.per_mille(250) {
            let step = log(LogKind::Fortigate, FIRST_LOGS, FIRST_LOGS_DAYS, infected);
            self.add(which, checked.plus(8), unit, step);
        }
        let offset = if is_busy { 0 } else { random.below(8) };
        for place in 0..infected {
            // The first device is the one that may come back.
            let fate = (u64::from(place) + offset) % 8;
            let at = checked.plus(30 + i64::from(place) * 6);
            let place = usize::try_from(place).unwrap_or(0);
            let mut work =
                |at, step| self.add(which, at, unit, Step::Work { place, devices, step });
            let declared = Moment::on(DECLARED, 14, 5).plus(i64::try_from(place).unwrap_or(0) * 7);
            match fate {
                0 => {
                    work(at, CaseStep::Notify);
                    work(declared.plus(5 * 24 * 60), CaseStep::DeclareClean);
                }
                1 | 2 => {
                    work(at, CaseStep::Notify);
                    work(at.plus(3), CaseStep::StartCleaning);
                    work(declared, CaseStep::DeclareClean);
                    if fate == 2 {
                        work(Moment::on(-1, 17, 30), CaseStep::Close);
                    }
                }
                3 => {
                    work(at, CaseStep::StartCleaning);
                    work(Moment::on(INNER_DEADLINE, 10, 0), CaseStep::DeclareClean);
                }
                4 => work(at, CaseStep::Notify),
                5 => {
                    work(at, CaseStep::Notify);
                    work(at.plus(4), CaseStep::StartCleaning);
                }
                6 => work(at, CaseStep::MarkFalsePositive),
                _ => {}
            }
        }
        if infected > 0 && offset == 0 {
            let again = Moment::on(SEEN_AGAIN_LOGS + 4, 9, 15);
            self.add(which, again, unit, log(LogKind::Bind, SEEN_AGAIN_LOGS, 3, 1));
        }
        if infected > 0 {
            let last = Moment::on(-1, 15, 0).plus(i64::try_from(random.below(90)).unwrap_or(0));
            self.add(which, last, unit, log(LogKind::Bind, DECLARED, QUIET_DAYS, 0));
        }
    }

    /// From the first draft on.
    fn report(
        &mut self,
        which: Which,
        unit: &str,
        above: &str,
        written: Moment,
        progress: Progress,
        random: &mut Random,
    ) {
        let write = Step::WriteReport {
            has_difference: random.per_mille(300),
            has_proposal: random.per_mille(450),
        };
        let approved = written.plus(60 + i64::try_from(random.below(200)).unwrap_or(0));
        let submitted = approved.plus(25);
        self.add(which, written, unit, write.clone());
        if progress >= Progress::Approved {
            self.add(which, approved, unit, Step::Approve);
        }
        if progress >= Progress::Submitted {
            self.add(which, submitted, unit, Step::Submit);
        }
        let looked_at = match which {
            Which::Before => submitted.later(2, random),
            Which::Current => submitted.not_before(NOTED).later(0, random),
        };
        let of = unit.to_owned();
        match progress {
            Progress::Noted => self.add(which, looked_at, above, Step::Note(of)),
            Progress::SupplementAsked | Progress::Resubmitted => {
                self.add(which, looked_at, above, Step::AskSupplement(of));
            }
            _ => {}
        }
        if progress == Progress::Resubmitted {
            let again = looked_at.plus(150);
            self.add(which, again, unit, write);
            self.add(which, again.plus(45), unit, Step::Approve);
            self.add(which, again.plus(60), unit, Step::Submit);
        }
    }
}

#[cfg(test)]
mod tests {
    use simulation::world::{province_2022, province_2026};

    use super::*;

    #[test]
    fn everything_is_in_the_past_and_in_order() {
        for world in [province_2026(), province_2022()] {
            let deeds = of(&world, 1);
            assert!(deeds.is_sorted_by_key(|deed| deed.at));
            assert!(deeds.last().is_some_and(|deed| deed.at < Moment(0)), "{:?}", deeds.last());
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_plan() {
        let text = |seed| format!("{:?}", of(&province_2026(), seed));
        assert_eq!(text(1), text(1));
        assert_ne!(text(1), text(2));
    }

    #[test]
    fn the_newcomers_unit_has_done_nothing_yet_in_the_campaign_that_runs() {
        for world in [province_2026(), province_2022()] {
            let newcomer = newcomer(&world);
            assert!(!newcomer.is_empty());
            let deeds = of(&world, 1);
            let mut current = deeds.iter().filter(|deed| deed.campaign == Which::Current);
            assert!(current.all(|deed| deed.unit != newcomer));
        }
    }
}
