#!/usr/bin/env bash
# Runs tests/keychain.rs against a real gnome-keyring: unlocked, locked, and missing. Each state has its own session bus
# and home folder, so that the keychain of the user is not touched.
set -euo pipefail
cd "$(dirname "$0")/.."

for tool in dbus-run-session gnome-keyring-daemon Xvfb; do
    command -v "$tool" >/dev/null || { echo "$tool is missing: the keychain is not tested" >&2; exit 1; }
done

# Compiles the tests first, so that the time limits of the sessions do not include it.
cargo test --locked --test keychain --no-run
home=$(mktemp -d)
screen=
cleanup() {
    [ -z "$screen" ] || kill "$screen" 2>/dev/null || true
    wait 2>/dev/null || true
    rm -rf "$home"
}
trap cleanup EXIT
mkdir -m 700 "$home/run"

# Runs one test in a new session. Arguments: the command that starts the keychain, the name of the test, options of
# dbus-run-session. Without `display` the session has no display on which a locked keychain could ask for a password.
session() {
    env -u DISPLAY -u WAYLAND_DISPLAY ${display:+DISPLAY=$display} XDG_DATA_HOME="$home/data" \
        XDG_RUNTIME_DIR="$home/run" dbus-run-session "${@:3}" -- bash -euc "$1; cargo test --locked --test keychain -- --ignored --exact $2"
}
daemon='gnome-keyring-daemon --components=secrets --control-directory="$XDG_RUNTIME_DIR/keyring"'

session "printf password | $daemon --unlock >/dev/null" unlocked_keychain_stores_replaces_and_deletes_keys
session "printf password | $daemon --unlock >/dev/null" stored_key_survives_the_process
# The same keychain, locked, because no password is given.
session "$daemon --start >/dev/null" locked_keychain_is_an_error_without_waiting
# The keychain asks for the password on a display, and the question is not answered.
Xvfb -displayfd 3 -screen 0 800x600x24 -nolisten tcp 3>"$home/display" 2>/dev/null &
screen=$!
for _ in $(seq 100); do
    [ -s "$home/display" ] && break
    sleep 0.1
done
display=":$(cat "$home/display")"
session "$daemon --start >/dev/null" unanswered_keychain_prompt_times_out
display=

DBUS_SESSION_BUS_ADDRESS="unix:path=$home/no-bus" \
    cargo test --locked --test keychain -- --ignored --exact missing_keychain_is_reported
# A session bus without a keychain service and without a service file that could start one.
cat >"$home/bus.conf" <<'CONF'
<busconfig>
  <type>session</type>
  <listen>unix:tmpdir=/tmp</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
CONF
session : missing_keychain_is_reported --config-file="$home/bus.conf"
