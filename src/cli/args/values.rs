//! Readers of numbers within limits.

pub(super) fn within<const LOW: i32, const HIGH: i32>(text: &str) -> Result<f64, String> {
    let value: f64 = text.parse().map_err(|error| format!("“{text}” is not a number: {error}"))?;
    if (f64::from(LOW)..=f64::from(HIGH)).contains(&value) {
        Ok(value)
    } else {
        Err(format!("{value} is not between {LOW} and {HIGH}"))
    }
}
