//! What was spent, gathered for those who ask: by day, by model, by collection, and as a table for spreadsheets.

use std::{
    collections::{BTreeMap, HashMap},
    fs,
    path::PathBuf,
    sync::Arc,
};

use jiff::{civil::Date, tz::TimeZone};

use crate::{
    error_chain::Cause,
    library::{Library, LibraryError},
    prompt::sheet::guarded,
    recipe::{Charge, CollectionId, Money, ProfileId, RequestId, Spending},
    studio::{
        protocol::{Event, Notice, SpendingCommand, SpendingReport, SpendingTotal},
        runtime::{
            context::Context,
            task::{INTERNAL_ERROR, Task},
        },
    },
};

/// Suggested file name.
const SUGGESTED_NAME: &str = "atelier-spending.csv";

/// Handles a command about spending.
pub(in crate::studio) fn handle(command: SpendingCommand, context: &Arc<Context>) {
    match command {
        SpendingCommand::LoadReport { since } => context.spawn_blocking(
            Task::Spending,
            move |context| match build_report(&context.library, since, &TimeZone::system()) {
                Ok(report) => context.events.send(Event::Spending(Box::new(report))),
                Err(error) => context.report_library_error(&error),
            },
            Context::report_read_panic,
        ),
        SpendingCommand::PickExport { since } => {
            context.choose(context.dialogs.save_file(SUGGESTED_NAME), move |context, path| {
                start_export(context, path, since);
            });
        }
        SpendingCommand::Export { path, since } => start_export(context, path, since),
    }
}

fn start_export(context: &Arc<Context>, path: PathBuf, since: Option<Date>) {
    let file = path.clone();
    context.spawn_blocking(
        Task::Spending,
        move |context| export(context, path, since),
        move |context| {
            context.events.send(Event::Notice(Notice::SaveFailed { path: file, reason: INTERNAL_ERROR.to_owned() }));
        },
    );
}

fn export(context: &Context, path: PathBuf, since: Option<Date>) {
    if context.library.owns(&path) {
        return context.events.send(Event::Notice(Notice::TargetInLibrary { path }));
    }
    let written = build_table(&context.library, since, &TimeZone::system()).map_err(|error| error.to_string());
    let written =
        written.and_then(|(text, count)| fs::write(&path, text).map(|()| count).map_err(|error| error.to_string()));
    context.events.send(Event::Notice(match written {
        Ok(count) => Notice::SpendingExported { path, count },
        Err(reason) => Notice::SaveFailed { path, reason: reason.clone() },
    }));
}

/// Reads what was spent since a day, oldest first.
fn read_since(library: &Library, since: Option<Date>, zone: &TimeZone) -> Result<Vec<Spending>, LibraryError> {
    let mut all = Vec::new();
    library.spending().read(|spending| {
        if since.is_none_or(|since| zone.to_datetime(spending.at).date() >= since) {
            all.push(spending);
        }
    })?;
    Ok(all)
}

/// The collections that contain images of each request.
fn collections_by_request(
    library: &Library,
    all: &[Spending],
) -> Result<HashMap<RequestId, Vec<CollectionId>>, LibraryError> {
    let requests = all.iter().filter(|spending| spending.image_count > 0).map(|spending| spending.request);
    library.organizer().collections_of_requests(requests)
}

fn build_report(library: &Library, since: Option<Date>, zone: &TimeZone) -> Result<SpendingReport, LibraryError> {
    let all = read_since(library, since, zone)?;
    let names: BTreeMap<CollectionId, String> =
        library.organizer().collections()?.into_iter().map(|collection| (collection.id, collection.name)).collect();
    let members = collections_by_request(library, &all)?;
    let mut report = SpendingReport { since, ..SpendingReport::default() };
    let mut days: BTreeMap<Date, SpendingTotal> = BTreeMap::new();
    let mut models: BTreeMap<(ProfileId, String), SpendingTotal> = BTreeMap::new();
    let mut in_collections: BTreeMap<CollectionId, SpendingTotal> = BTreeMap::new();
    for spending in &all {
        report.all.add(spending);
        days.entry(zone.to_datetime(spending.at).date()).or_default().add(spending);
        models.entry((spending.profile.clone(), spending.model.clone())).or_default().add(spending);
        for collection in members.get(&spending.request).into_iter().flatten() {
            in_collections.entry(*collection).or_default().add(spending);
        }
    }
    report.days = days.into_iter().rev().collect();
    report.models = models.into_iter().map(|((profile, model), sum)| (profile, model, sum)).collect();
    report.models.sort_by_key(|(.., sum)| std::cmp::Reverse(sum.total()));
    let named = |(id, sum)| Some((id, names.get(&id)?.clone(), sum));
    report.collections = in_collections.into_iter().filter_map(named).collect();
    report.collections.sort_by_key(|(.., sum)| std::cmp::Reverse(sum.total()));
    Ok(report)
}

/// CSV with one line per request, and the number of requests.
fn build_table(library: &Library, since: Option<Date>, zone: &TimeZone) -> Result<(Vec<u8>, usize), LibraryError> {
    let all = read_since(library, since, zone)?;
    let names: BTreeMap<CollectionId, String> =
        library.organizer().collections()?.into_iter().map(|collection| (collection.id, collection.name)).collect();
    let members = collections_by_request(library, &all)?;
    let dollars = |amount: Option<Money>| amount.map(|amount| format!("{:.6}", amount.dollars())).unwrap_or_default();
    let mut lines: Vec<Vec<String>> = vec![
        [
            "time",
            "day",
            "provider",
            "model",
            "request",
            "batch",
            "charged",
            "cost_usd",
            "estimate_usd",
            "pictures",
            "collections",
        ]
        .map(str::to_owned)
        .into(),
    ];
    for spending in &all {
        let charged = match spending.charged {
            Charge::No => "no",
            Charge::Maybe => "maybe",
            Charge::Yes => "yes",
        };
        let of =
            members.get(&spending.request).into_iter().flatten().filter_map(|id| names.get(id).map(String::as_str));
        lines.push(vec![
            spending.at.to_string(),
            zone.to_datetime(spending.at).date().to_string(),
            guarded(spending.profile.as_str()).into_owned(),
            guarded(&spending.model).into_owned(),
            spending.request.to_string(),
            spending.batch.map(|batch| batch.to_string()).unwrap_or_default(),
            charged.to_owned(),
            dollars(spending.amount),
            dollars(spending.estimate),
            spending.image_count.to_string(),
            guarded(&of.collect::<Vec<_>>().join("; ")).into_owned(),
        ]);
    }
    let mut writer = csv::Writer::from_writer(Vec::new());
    let written = lines.iter().try_for_each(|line| writer.write_record(line));
    let bytes = written.map_err(Cause::new).and_then(|()| writer.into_inner().map_err(Cause::new));
    let bytes = bytes.map_err(|reason| LibraryError::Broken { reason })?;
    Ok((bytes, all.len()))
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::{
        library::store_many,
        recipe::{Collection, CollectionEdit, MarkChange},
    };

    fn spending(number: u128, at: &str, model: &str, amount: Option<f64>, estimate: Option<f64>) -> Spending {
        Spending {
            at: at.parse().unwrap(),
            request: RequestId::from_uuid(Uuid::from_u128(number)),
            profile: ProfileId::dgrid(),
            model: model.to_owned(),
            batch: None,
            charged: Charge::Yes,
            amount: amount.map(Money::from_dollars),
            estimate: estimate.map(Money::from_dollars),
            image_count: 1,
            took_ms: None,
        }
    }

    fn library(folder: &std::path::Path) -> Arc<Library> {
        let library = Arc::new(Library::open(folder).unwrap());
        for spending in [
            spending(1, "2026-11-01T10:00:00Z", "painter", Some(0.04), Some(0.05)),
            spending(2, "2026-11-02T10:00:00Z", "=painter", None, Some(0.13)),
            spending(3, "2026-11-02T23:30:00Z", "painter", None, None),
            Spending { charged: Charge::No, ..spending(4, "2026-11-03T10:00:00Z", "painter", None, Some(9.0)) },
        ] {
            assert!(library.spending().record(&spending).unwrap());
        }
        library
    }

    #[test]
    fn known_estimated_and_unknown_costs_are_distinguished() {
        let folder = tempfile::tempdir().unwrap();
        let library = library(folder.path());
        let found = build_report(&library, None, &TimeZone::UTC).unwrap();
        let expected = SpendingTotal {
            requests: 4,
            images: 4,
            actual: Money::from_dollars(0.04),
            estimated: Money::from_dollars(0.13),
            unknown: 1,
        };
        assert_eq!(found.all, expected);
        let days: Vec<(String, usize)> = found.days.iter().map(|(day, sum)| (day.to_string(), sum.requests)).collect();
        let expected = [("2026-11-03", 1), ("2026-11-02", 2), ("2026-11-01", 1)];
        assert_eq!(days, expected.map(|(day, count)| (day.to_owned(), count)));
        assert_eq!(found.models[0].1, "=painter");
        // Where the person is, it is another day already.
        let east = TimeZone::fixed(jiff::tz::offset(8));
        let since = Some(jiff::civil::date(2026, 11, 3));
        assert_eq!(build_report(&library, since, &east).unwrap().all.requests, 2);
    }

    #[test]
    fn the_table_has_one_line_per_request_and_no_formulas() {
        let folder = tempfile::tempdir().unwrap();
        let library = library(folder.path());
        let (bytes, count) = build_table(&library, None, &TimeZone::UTC).unwrap();
        let text = String::from_utf8(bytes).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!((count, lines.len()), (4, 5));
        assert!(lines[1].starts_with("2026-11-01T10:00:00Z,2026-11-01,dgrid,painter,"), "{text}");
        assert!(lines[1].contains(",yes,0.040000,0.050000,1,"), "{text}");
        assert!(lines[2].contains(",'=painter,"), "{text}");
    }

    #[test]
    fn a_collection_costs_as_much_as_its_images() {
        let folder = tempfile::tempdir().unwrap();
        let ids = store_many(folder.path(), 2);
        let library = Arc::new(Library::open(folder.path()).unwrap());
        let request = library.images().sidecar(ids[0]).unwrap().unwrap().facts.request;
        let cost = Spending { request, ..spending(0, "2026-11-01T10:00:00Z", "painter", Some(0.04), None) };
        assert!(library.spending().record(&cost).unwrap());
        let id = CollectionId::from_uuid(Uuid::from_u128(9));
        let collection = Collection { id, parent: None, name: "Client A".to_owned(), query: None, count: 0 };
        library.organizer().edit_collections(&CollectionEdit::Create { collection, images: Vec::new() }).unwrap();
        assert_eq!(build_report(&library, None, &TimeZone::UTC).unwrap().collections, []);
        library.organizer().change(&ids[..1], &MarkChange::AddTo(id)).unwrap();
        let found = build_report(&library, None, &TimeZone::UTC).unwrap().collections;
        assert_eq!((found[0].1.as_str(), found[0].2.actual), ("Client A", Money::from_dollars(0.04)));
    }
}
