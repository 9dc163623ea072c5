#!/bin/sh
# Installs what some tests need of the system, where that may be done; names the command elsewhere. They are skipped then.
set -u

# need WHAT TESTS PACKAGES
need() {
  if command -v apt-get >/dev/null 2>&1 && [ "$(id -u)" = 0 ]; then
    echo "Installing $1 for the $2 tests (apt-get)"
    # shellcheck disable=SC2086  (several packages)
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $3; } \
      >/dev/null 2>&1 && return
    echo "$1 could not be installed: the $2 tests are skipped"
    return
  fi
  echo "No $1 found: the $2 tests are skipped. To run them: sudo apt-get install $3"
}

browser() {
  for name in chromium chromium-browser google-chrome; do
    command -v "$name" >/dev/null 2>&1 && return
  done
  need "browser" "browser" "chromium"
}

# A sound server that needs no hardware, PortAudio, and the plugin that joins the two. Linux alone has them so.
sound() {
  [ "$(uname)" = Linux ] || { echo "No sound server for tests on this system: the sound tests are skipped"; return; }
  for name in pulseaudio pactl parec; do
    command -v "$name" >/dev/null 2>&1 || lacking=1
  done
  ls /usr/lib/*/libportaudio.so.2 /usr/lib/*/alsa-lib/libasound_module_pcm_pulse.so >/dev/null 2>&1 || lacking=1
  [ -z "${lacking:-}" ] || need "sound server" "sound" "libportaudio2 libasound2-plugins pulseaudio pulseaudio-utils"
}

browser
sound
