#!/usr/bin/env bash
# Makes the pictures in lessons/wireshark/pictures again: real Wireshark, on a screen that nobody sees, with the samples.
#
#     lessons/wireshark/screenshots.sh
#
# Debian: apt-get install wireshark xvfb xdotool imagemagick. Your own Wireshark's settings are neither read nor changed.
set -euo pipefail
cd "$(dirname "$0")/../.."

samples=captures/samples
pictures=lessons/wireshark/pictures
width=1240
most_height=720

for program in wireshark tshark Xvfb xdotool import convert; do
  command -v "$program" >/dev/null || { echo "screenshots.sh: $program is missing: apt-get install wireshark tshark xvfb xdotool imagemagick" >&2; exit 1; }
done
[ -f dist/cli/main.js ] || npm run --silent build

home=$(mktemp -d)
screen_pid=
wireshark_pid=
finish() {
  for pid in $wireshark_pid $screen_pid; do kill "$pid" 2>/dev/null && wait "$pid" 2>/dev/null || true; done
  rm -rf "$home"
}
trap finish EXIT

export HOME=$home XDG_CONFIG_HOME=$home/.config XDG_RUNTIME_DIR=$home QT_QPA_PLATFORM=xcb LC_ALL=C.UTF-8 TZ=UTC
chmod 700 "$home"
node dist/cli/main.js wireshark install >/dev/null
configuration=$(tshark -G folders 2>/dev/null | sed -n 's/^Personal configuration:[[:space:]]*//p')

# lay_out HEIGHT LIST-HEIGHT: the window in the screen's corner, columns as wide as the profile has them.
lay_out() {
  cat >"$configuration/recent_common" <<END
gui.geometry_main_x: 0
gui.geometry_main_y: 0
gui.geometry_main_width: $width
gui.geometry_main_height: $1
gui.geometry_main_maximized: FALSE
END
  { cat lessons/wireshark/profile/recent; echo "gui.geometry_main_upper_pane: $2"; echo "gui.geometry_main_lower_pane: 610"; } \
    >"$configuration/profiles/servchat/recent"
}

# Xvfb picks a display that is free and says which.
exec {display_pipe}<> <(:)
Xvfb -displayfd "$display_pipe" -screen 0 "${width}x${most_height}x24" -nolisten tcp 2>/dev/null &
screen_pid=$!
read -r -t 20 -u "$display_pipe" display
export DISPLAY=:$display

look() { import -silent -window root "$home/look.png" && md5sum <"$home/look.png"; }

# Waits until the window is there and two looks at it, a second apart, are the same.
settle() {
  timeout 60 xdotool search --sync --onlyvisible --name "$1" >/dev/null
  local before now
  before=$(look)
  for _ in $(seq 30); do
    sleep 1
    now=$(look)
    [ "$now" = "$before" ] && return
    before=$now
  done
  echo "screenshots.sh: Wireshark does not come to rest" >&2
  exit 1
}

# picture NAME HEIGHT LIST-HEIGHT CAPTURE [ARGUMENT...]: opens a capture; "$touch", if it is set, is run before the picture.
picture() {
  local name=$1 height=$2 capture=$4
  lay_out "$height" "$3"
  # Where the pointer rests, a line would be marked.
  xdotool mousemove "$width" "$most_height"
  wireshark -C servchat -r "$capture" "${@:5}" >/dev/null 2>&1 &
  wireshark_pid=$!
  settle "$(basename "$capture")"
  if [ -n "${touch:-}" ]; then
    $touch
    settle "$(basename "$capture")"
  fi
  convert "$home/look.png" -crop "${width}x${height}+0+0" +repage +dither -colors 64 -strip -define png:compression-level=9 "PNG8:$pictures/$name.png"
  kill "$wireshark_pid" && wait "$wireshark_pid" 2>/dev/null || true
  wireshark_pid=
  echo "$pictures/$name.png"
}

mkdir -p "$pictures"
search='frame contains "Nice to Meet you"'
picture plaintext-found 540 120 "$samples/plaintext.pcap" -Y "$search"
picture encrypted-not-found 540 120 "$samples/encrypted.pcap" -Y "$search"

# The same message in the encrypted chat is the fifth: its token, with all that can be seen of it.
frame=$(tshark -r "$samples/encrypted.pcap" -Y 'servchat.message.number == 5' -T fields -e frame.number 2>/dev/null)
unfold() {
  # The last line of the tree is the frame of the protocol: unfolded with all that is in it; five lines on is the token.
  xdotool mousemove 200 370 click 1 key End shift+Right Down Down Down Down Down mousemove "$width" "$most_height"
}
touch=unfold
picture token-dissected 700 175 "$samples/encrypted.pcap" -g "$frame" -Y servchat.message.number
