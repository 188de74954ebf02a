#!/usr/bin/env bash
# Runs the first command of README.md with an empty profile in a real window under Xvfb. Types a prompt, generates it
# with the demo gateway, and checks that the image is on disk and on the screen.
#
#   tests/smoke.sh [FILE]   also keeps the last screenshot as FILE
set -euo pipefail
cd "$(dirname "$0")/.."

keep="${1:-}"
work="$(mktemp -d)"
pids=()
cleanup() {
    for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
    wait 2>/dev/null || true
    rm -rf "$work"
}
trap cleanup EXIT

fail() {
    echo "smoke: $1" >&2
    for file in "$work"/window.log "$work"/home/*/logs/*; do
        [ -f "$file" ] && tail -n 20 "$file" >&2
    done
    exit 1
}

# Waits until a command succeeds, at most a number of seconds.
until_true() {
    local limit=$1
    shift
    for _ in $(seq $((limit * 5))); do
        "$@" >/dev/null 2>&1 && return 0
        sleep 0.2
    done
    return 1
}

cargo build --release --locked

number=90
while [ -e "/tmp/.X$number-lock" ]; do number=$((number + 1)); done
export DISPLAY=":$number"
Xvfb "$DISPLAY" -screen 0 1440x900x24 -nolisten tcp >"$work/xvfb.log" 2>&1 &
pids+=($!)
until_true 20 xdpyinfo || fail "no X server came up"
openbox >"$work/openbox.log" 2>&1 &
pids+=($!)

mkdir -p "$work/home" "$work/runtime"
chmod 700 "$work/runtime"
env -u WAYLAND_DISPLAY -u DBUS_SESSION_BUS_ADDRESS XDG_RUNTIME_DIR="$work/runtime" LANG=en_US.UTF-8 \
    ATELIER_LIBRARY="$work/home/library" ATELIER_CONFIG="$work/home/config" \
    cargo run --release --locked --quiet >"$work/window.log" 2>&1 &
pids+=($!)

until_true 60 xdotool search --onlyvisible --name '^Atelier' || fail "no window opened"
window="$(xdotool search --onlyvisible --name '^Atelier' | head -n 1)"
xdotool windowactivate --sync "$window" 2>/dev/null || xdotool windowfocus "$window"
xdotool windowmove "$window" 0 0 windowsize "$window" 1440 900
until_true 20 test -d "$work/home/library/originals" || fail "the library was not laid out"
sleep 1

# The prompt field has the keyboard focus when the window opens.
xdotool type --delay 12 'a city skyline at sunset, wide angle'
sleep 0.5
import -window root "$work/before.png"
xdotool key ctrl+Return

image_stored() { find "$work/home/library/originals" -name '*.png' | grep -q .; }
until_true 30 image_stored || fail "no image was stored"
image="$(find "$work/home/library/originals" -name '*.png' | head -n 1)"
grep -q 'a city skyline at sunset, wide angle' "${image%.png}.json" || fail "the recipe does not hold the prompt"

# The gallery is gray until it shows an image, so its middle must become colorful.
gallery_saturation() {
    import -window root "$work/after.png"
    convert "$work/after.png" -crop 200x170+350+150 +repage -colorspace HSL -channel G -separate \
        -format '%[fx:mean*100]' info:
}
colorful() { awk -v s="$(gallery_saturation)" 'BEGIN { exit !(s > 20) }'; }
until_true 20 colorful || { cp "$work/after.png" /tmp/atelier-smoke-failed.png; fail "the image is not on the screen"; }
sleep 1
import -window root "$work/after.png"
[ -n "$keep" ] && cp "$work/after.png" "$keep"

# An idle window draws nothing and uses no processor time.
pid="$(xdotool getwindowpid "$window")" || fail "the window has gone"
sleep 2
before="$(awk '{ print $14 + $15 }' "/proc/$pid/stat")"
sleep 3
after="$(awk '{ print $14 + $15 }' "/proc/$pid/stat")"
[ $((after - before)) -le 6 ] || fail "an idle window used $((after - before)) ticks of processor time in 3 s"

xdotool key --window "$window" ctrl+q
until_true 15 bash -c "! kill -0 $pid" || fail "the window did not close"
echo "smoke: the window opened, a prompt became an image, and the window closed"
