#!/usr/bin/env bash
# Installs the Debian packages that the tests need, if it has the rights, and runs all tests.
#
#   tests/run.sh                  everything
#   tests/run.sh --packages-only  only install what is missing
set -euo pipefail
cd "$(dirname "$0")/.."

packages=(
    at-spi2-core dbus dbus-x11 fonts-noto-cjk gir1.2-atspi-2.0 gnome-keyring imagemagick libegl1 libgl1 libgl1-mesa-dri
    libimage-exiftool-perl libvulkan1 libxcursor1 libxi6 libxkbcommon-x11-0 libxrandr2
    mesa-vulkan-drivers openbox python3-gi x11-utils xclip xdotool xvfb zenity
)

install_packages() {
    command -v dpkg-query >/dev/null || return 0
    local missing=()
    for package in "${packages[@]}"; do
        dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed ||
            missing+=("$package")
    done
    [ ${#missing[@]} -eq 0 ] && return 0
    local as_root=()
    if [ "$(id -u)" -ne 0 ]; then
        if ! sudo -n true 2>/dev/null; then
            echo "These packages are missing and cannot be installed without root: ${missing[*]}" >&2
            return 0
        fi
        as_root=(sudo)
    fi
    "${as_root[@]}" apt-get update -qq
    DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}"
}

install_packages
[ "${1:-}" = "--packages-only" ] && exit 0

# The screenshots in assets/screenshots show times of day.
export TZ=UTC
cargo test --locked
# Tests keys in a real keychain.
bash tests/keychain.sh
# Tests the first command of README.md in a real window.
bash tests/smoke.sh
