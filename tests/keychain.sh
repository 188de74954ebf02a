#!/usr/bin/env bash
# Runs tests/keychain.rs against a real gnome-keyring: unlocked, locked, and missing. Each has a session bus and a home
# of its own, so that nobody's keychain is touched.
set -euo pipefail
cd "$(dirname "$0")/.."

for tool in dbus-run-session gnome-keyring-daemon; do
    command -v "$tool" >/dev/null || { echo "$tool is missing: the keychain is not tested" >&2; exit 1; }
done

# Built outside, so that no session waits for a compiler.
cargo test --locked --test keychain --no-run
home=$(mktemp -d)
trap 'rm -rf "$home"' EXIT
mkdir -m 700 "$home/run"

# A session of its own: first what it starts, then the name of one test. It has no display, on which a locked keychain
# could ask for a password.
session() {
    env -u DISPLAY -u WAYLAND_DISPLAY XDG_DATA_HOME="$home/data" XDG_RUNTIME_DIR="$home/run" \
        dbus-run-session -- bash -euc "$1; cargo test --locked --test keychain -- --ignored --exact $2"
}
daemon='gnome-keyring-daemon --components=secrets --control-directory="$XDG_RUNTIME_DIR/keyring"'

session "printf password | $daemon --unlock >/dev/null" an_unlocked_keychain_keeps_replaces_and_forgets_keys
# The same keychain, and nobody gives the password.
session "$daemon --start >/dev/null" a_locked_keychain_is_trouble_and_is_not_waited_for
DBUS_SESSION_BUS_ADDRESS="unix:path=$home/no-bus" \
    cargo test --locked --test keychain -- --ignored --exact a_session_without_a_keychain_says_so
