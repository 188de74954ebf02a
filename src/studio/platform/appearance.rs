//! Follows the desktop's preferences for colors, contrast and motion.

use std::thread;

use crate::{
    error_chain::chain,
    studio::protocol::{Event, SystemAppearance, channel::EventSender},
};

/// Reports the desktop's preferences now and whenever they change, on a thread of its own. A desktop that does not tell
/// them leaves everything at its default.
pub(in crate::studio) fn follow(events: EventSender) {
    let watch = move || {
        if let Err(error) = watch(&events) {
            tracing::debug!(error = %chain(&error), "the desktop does not tell its appearance");
        }
    };
    if let Err(error) = thread::Builder::new().name("studio-appearance".to_owned()).spawn(watch) {
        tracing::info!(error = %chain(&error), "the appearance of the desktop is not followed");
    }
}

/// Reads the [settings portal](https://flatpak.github.io/xdg-desktop-portal/docs/doc-org.freedesktop.portal.Settings.html)
/// and waits for its changes.
#[cfg(all(unix, not(target_os = "macos")))]
fn watch(events: &EventSender) -> zbus::Result<()> {
    use portal::{APPEARANCE, INTERFACE, take};
    use zbus::{
        blocking::{Connection, Proxy},
        zvariant::OwnedValue,
    };

    let connection = Connection::session()?;
    let portal = Proxy::new(
        &connection,
        "org.freedesktop.portal.Desktop",
        "/org/freedesktop/portal/desktop",
        "org.freedesktop.portal.Settings",
    )?;
    let changes = portal.receive_signal("SettingChanged")?;
    let mut appearance = SystemAppearance::default();
    for (namespace, key) in [
        (APPEARANCE, "color-scheme"),
        (APPEARANCE, "contrast"),
        (APPEARANCE, "reduced-motion"),
        (INTERFACE, "enable-animations"),
    ] {
        // A desktop that does not know one of them may know the others.
        if let Ok(value) = portal.call::<_, _, OwnedValue>("Read", &(namespace, key)) {
            appearance = take(appearance, namespace, key, &value);
        }
    }
    events.send(Event::Appearance(appearance));
    for change in changes {
        let (namespace, key, value): (String, String, OwnedValue) = change.body().deserialize()?;
        let now = take(appearance, &namespace, &key, &value);
        if now != appearance {
            appearance = now;
            events.send(Event::Appearance(appearance));
        }
    }
    Ok(())
}

/// The window system tells the theme itself; contrast and motion are not asked for.
#[cfg(any(windows, target_os = "macos"))]
#[expect(clippy::unnecessary_wraps, reason = "other systems can fail")]
fn watch(_events: &EventSender) -> Result<(), std::convert::Infallible> {
    Ok(())
}

/// The keys of the settings portal.
#[cfg(all(unix, not(target_os = "macos")))]
mod portal {
    use zbus::zvariant::Value;

    use crate::studio::protocol::SystemAppearance;

    pub(super) const APPEARANCE: &str = "org.freedesktop.appearance";
    pub(super) const INTERFACE: &str = "org.gnome.desktop.interface";

    /// The appearance after a setting has this value.
    pub(super) fn take(mut now: SystemAppearance, namespace: &str, key: &str, value: &Value<'_>) -> SystemAppearance {
        let value = match value {
            // `Read` wraps its answer twice.
            Value::Value(inner) => inner,
            value => value,
        };
        match (namespace, key, value) {
            (APPEARANCE, "color-scheme", Value::U32(scheme)) => {
                now.dark = match scheme {
                    1 => Some(true),
                    2 => Some(false),
                    _ => None,
                };
            }
            (APPEARANCE, "contrast", Value::U32(contrast)) => now.high_contrast = *contrast == 1,
            (APPEARANCE, "reduced-motion", Value::U32(reduced)) => now.reduced_motion = *reduced == 1,
            (INTERFACE, "enable-animations", Value::Bool(animations)) => now.reduced_motion = !animations,
            _ => {}
        }
        now
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn the_portal_tells_scheme_contrast_and_motion() {
            let mut now = SystemAppearance::default();
            now = take(now, APPEARANCE, "color-scheme", &Value::Value(Box::new(Value::U32(2))));
            now = take(now, APPEARANCE, "contrast", &Value::U32(1));
            now = take(now, INTERFACE, "enable-animations", &Value::Bool(false));
            // What is not known changes nothing.
            now = take(now, APPEARANCE, "accent-color", &Value::U32(9));
            assert_eq!(now, SystemAppearance { dark: Some(false), high_contrast: true, reduced_motion: true });
            now = take(now, APPEARANCE, "color-scheme", &Value::U32(0));
            assert_eq!(now.dark, None);
        }
    }
}
