//! Side-cars.

use std::sync::OnceLock;

use contacts::{Contact, Outcome};
use hunting::{About, Questions, SideCar, SideCarBuilder};
use indicators::{Indicator, Scope};
use observables::Observable;

/// A side-car that looks right is searched.
///
/// The bytes are tried as they are, and as changes to a side-car that is right: two bytes of a place,
/// one of a value, and so on.
pub fn side_cars(bytes: &[u8]) {
    search(bytes);
    let mut changed = sound().to_vec();
    for change in bytes.chunks_exact(3) {
        let [low, high, value] = change else { continue };
        let at = usize::from(u16::from_le_bytes([*low, *high])) % changed.len();
        if let Some(byte) = changed.get_mut(at) {
            *byte = *value;
        }
    }
    search(&changed);
}

fn search(bytes: &[u8]) {
    static QUESTIONS: OnceLock<Questions> = OnceLock::new();
    let questions = QUESTIONS.get_or_init(|| {
        let texts =
            ["evil.example", "192.0.2.7", "192.0.2.9:443", "0.0.0.0/0", "http://a.example/b"];
        let indicators = texts.into_iter().filter_map(|text| {
            let observable = Observable::parse(text).ok()?;
            let scope = Scope::Subdomains;
            Some(Indicator { observable, scope, family: None, valid_until: None })
        });
        Questions::new(&indicators.collect::<Vec<_>>())
    });
    if let Ok(side_car) = SideCar::open(bytes)
        && let Ok(traces) = side_car.find(questions)
    {
        assert!(traces.iter().all(|it| it.indicator < 5), "an indicator that nobody asked for");
    }
}

/// A side-car of a few hundred contacts.
fn sound() -> &'static [u8] {
    static SOUND: OnceLock<Vec<u8>> = OnceLock::new();
    SOUND.get_or_init(|| {
        let mut builder = SideCarBuilder::default();
        for number in 0..400_u64 {
            let name = format!("www{}.evil.example", number % 150);
            let address = format!("192.0.2.{}", number % 90);
            let contact = Contact {
                device: b"10.0.0.7",
                name: name.as_bytes(),
                address: address.as_bytes(),
                port: 443,
                outcome: Outcome::Connected,
                ..Contact::default()
            };
            builder.add(&contact, None, number * 100);
        }
        builder.finish(&About::default())
    })
}
