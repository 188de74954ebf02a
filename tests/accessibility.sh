#!/usr/bin/env bash
# Reads the screens of a real window as a screen reader does, over AT-SPI. Every interactive node must have a name, and
# changes must be announced. The window runs under Xvfb in a D-Bus session of its own, with the demo provider.
#
#   tests/accessibility.sh [BINARY]   uses this binary instead of building a release
set -euo pipefail
cd "$(dirname "$0")/.."

for tool in dbus-run-session Xvfb xdotool openbox; do
    command -v "$tool" >/dev/null || { echo "$tool is missing: accessibility is not tested" >&2; exit 1; }
done
# Uses Debian's Python, which has the bindings of AT-SPI.
python=/usr/bin/python3
"$python" -c 'import gi; gi.require_version("Atspi", "2.0")' || {
    echo "python3-gi and gir1.2-atspi-2.0 are missing: accessibility is not tested" >&2
    exit 1
}
binary="${1:-}"
if [ -z "$binary" ]; then
    cargo build --release --locked
    binary="${CARGO_TARGET_DIR:-target}/release/atelier"
fi

work="$(mktemp -d)"
screen=
cleanup() {
    [ -z "$screen" ] || kill "$screen" 2>/dev/null || true
    wait 2>/dev/null || true
    rm -rf "$work"
}
trap cleanup EXIT
mkdir -p "$work/home" "$work/runtime"
chmod 700 "$work/runtime"

Xvfb -displayfd 3 -screen 0 1440x900x24 -nolisten tcp 3>"$work/display" 2>/dev/null &
screen=$!
for _ in $(seq 100); do
    [ -s "$work/display" ] && break
    sleep 0.1
done

env -u WAYLAND_DISPLAY DISPLAY=":$(cat "$work/display")" XDG_RUNTIME_DIR="$work/runtime" HOME="$work/home" \
    LANG=en_US.UTF-8 ATELIER_LIBRARY="$work/home/library" ATELIER_CONFIG="$work/home/config" \
    dbus-run-session -- "$python" tests/accessibility.py "$binary" "$work"
