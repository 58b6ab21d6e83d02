# shellcheck shell=bash disable=SC2154  # home and jar are of run.sh
# ./run.sh install and ./run.sh uninstall: calendly-inbox as a service of systemd. Read by run.sh, whose functions it uses.

service=calendly-inbox
program=/opt/calendly-inbox
state=/var/lib/calendly-inbox
settings=/etc/calendly-inbox.env
unit=/etc/systemd/system/calendly-inbox.service
command=/usr/local/sbin/calendly-inbox
backups=/var/backups/calendly-inbox

need_root_and_systemd() {
  if [ "$(id -u)" -ne 0 ]; then
    say "run.sh: $1 needs root; say: sudo ./run.sh $1"
    exit 2
  fi
  if [ ! -d /run/systemd/system ]; then
    say "run.sh: $1 needs a system that runs systemd, and this one does not; start $jar with your own service manager"
    exit 2
  fi
}

# The Java that the service is started with, into $java: new enough, and where the service may look.
need_java() {
  local found='' real
  find_java
  if [ -z "$java" ]; then
    found="there is none in root's PATH ($PATH)${JAVA_HOME:+ or JAVA_HOME ($JAVA_HOME)}"
  elif ! is_17 "$version"; then
    found="$java is Java ${version:-of a version that it does not say}"
  fi
  if [ -n "$found" ]; then
    say "run.sh: the service needs Java 17 or newer, and $found; install one for the whole system (apt-get install $(jdk_package)), or say: sudo JAVA_HOME=FOLDER ./run.sh install"
    exit 2
  fi
  case $java in /*) ;; *) java=$PWD/$java ;; esac
  real=$(readlink -f "$java")
  case $real in
    /home/* | /root/*)
      say "run.sh: $real is in a home, which the service may not look into; install a JDK for the whole system (apt-get install $(jdk_package))"
      exit 2
      ;;
  esac
  # As it was found, which is a link on most systems: Fedora's leads to a folder of one version, and an update takes that away.
  case $java in /home/* | /root/*) java=$real ;; esac
}

# The configuration that this was called with, as NAME=value lines, and of other variables those that are named: what is set now is
# kept for the service.
settings_given() {
  local name
  for name in "$@" CALENDLY_WEBHOOK_SIGNING_KEY SIGNATURE_TOLERANCE CALENDLY_API_TOKEN CALENDLY_API_URL PUBLIC_URL WEBHOOK_SCOPE \
    SUBSCRIPTION_CHECK FETCH_EVENT_DETAILS ADMIN_TOKEN WORKERS QUEUE_CAPACITY MAX_BODY_BYTES RETENTION_DAYS ALERT_URL; do
    [ -z "${!name:-}" ] || printf '%s=%s\n' "$name" "${!name}"
  done
}

write_settings() {
  (
    umask 077
    {
      echo "# The configuration of calendly-inbox, a variable a line; README.md lists them. After a change: systemctl restart $service"
      echo "HOST=${HOST:-127.0.0.1}"
      echo "PORT=${PORT:-8080}"
      echo "DATA_DIR=$state/data"
      settings_given
    } >"$settings.new"
    mv "$settings.new" "$settings"
  )
}

say_kept() {
  local given
  given=$(settings_given HOST PORT | sed 's/=.*//' | paste -sd ' ' -)
  echo "$settings was there and is kept as it is"
  [ -z "$given" ] || echo "  (so these, which were given now, are not taken: $given; edit it and say: systemctl restart $service)"
}

# Puts a file in its place in one step: whoever runs or reads the old one keeps it whole.
put() {
  local mode=$1 from=$2 to=$3
  install -m "$mode" "$from" "$to.new"
  mv "$to.new" "$to"
}

put_with_java() {
  sed "s#@java@#$java#" "$2" >"$3.draft"
  put "$1" "$3.draft" "$3"
  rm "$3.draft"
}

# What the configuration says of a variable, as systemd takes it: without blanks around it, and without one pair of quotes.
setting() {
  sed -nE "s/^[[:space:]]*$1[[:space:]]*=[[:space:]]*(.*)/\\1/;T;s/[[:space:]]+\$//;s/^([\"'])(.*)\\1\$/\\2/;p" "$settings" | tail -n 1
}

# True as soon as the server takes deliveries in.
answers() {
  local host=$1 port=$2 line
  [ "$host" != 0.0.0.0 ] || host=127.0.0.1
  {
    exec 3<>"/dev/tcp/$host/$port" &&
      printf 'GET /ready HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n' "$host" >&3 &&
      read -r -t 5 line <&3
  } 2>/dev/null || return 1
  exec 3>&-
  case $line in *' 200 '*) return 0 ;; *) return 1 ;; esac
}

# While the service is stopped: whoever answers on its port, such as a ./run.sh that still runs, would be taken for it.
refuse_another() {
  local host port
  host=$(setting HOST)
  port=$(setting PORT)
  if answers "${host:-0.0.0.0}" "${port:-8080}"; then
    say "run.sh: another calendly-inbox, such as a ./run.sh that still runs, answers on ${host:-0.0.0.0}:${port:-8080}; the service wants that port: end it, then say the same again"
    exit 1
  fi
}

await_answers() {
  local host port end=$((SECONDS + 30))
  host=$(setting HOST)
  port=$(setting PORT)
  until answers "${host:-0.0.0.0}" "${port:-8080}"; do
    if [ $SECONDS -ge $end ]; then
      say "run.sh: the service does not answer on ${host:-0.0.0.0}:${port:-8080} after 30 s. What it says:"
      journalctl -u "$service" -n 20 --no-pager >&2 || true
      exit 1
    fi
    sleep 0.2
  done
}

install_service() {
  need_root_and_systemd install
  if is_stale; then
    build
  fi
  need_java
  id -u "$service" >/dev/null 2>&1 ||
    useradd --system --user-group --home-dir "$state" --no-create-home --shell /usr/sbin/nologin "$service"
  install -d -m 755 "$program"
  # Commands run as that user, also for root: a place where a backup can be written to.
  install -d -m 700 -o "$service" -g "$service" "$backups"
  put 644 "$jar" "$program/calendly-inbox.jar"
  # That of another version must not be loaded. Without any, each start unpacks it, for which a full disk has no room.
  rm -rf "$program/lib"
  make_archive "$program/calendly-inbox.jar" "$program/calendly-inbox-java-installed.jsa" "$program/lib" || true
  put 644 "$home/src/service/java.options" "$program/java.options"
  put 644 "$home/README.md" "$program/README.md"
  put_with_java 755 "$home/src/service/calendly-inbox" "$command"
  put_with_java 644 "$home/src/service/calendly-inbox.service" "$unit"
  if [ -f "$settings" ]; then
    say_kept
  else
    write_settings
  fi
  chmod 600 "$settings"
  chown root:root "$settings"
  systemctl daemon-reload
  systemctl enable --quiet "$service"
  systemctl stop "$service"
  refuse_another
  systemctl start "$service"
  await_answers
  cat <<END
calendly-inbox runs, and starts with the system.
  program        $program
  data           $(setting DATA_DIR)
  backups        $backups   (calendly-inbox backup $backups/FILE)
  configuration  $settings   (after a change: systemctl restart $service)
  its log        journalctl -u $service -f
  commands       calendly-inbox doctor   (as root; calendly-inbox --help lists all)
After an update of this folder, the same command brings the service up to date.
END
  if [ -z "$(setting CALENDLY_API_TOKEN)" ] || [ -z "$(setting PUBLIC_URL)" ]; then
    echo "To connect it with Calendly, set CALENDLY_API_TOKEN and PUBLIC_URL in $settings and say: systemctl restart $service"
  fi
}

uninstall_service() {
  need_root_and_systemd uninstall
  if [ -f "$unit" ]; then
    systemctl disable --quiet --now "$service"
    rm -f "$unit"
    systemctl daemon-reload
  fi
  rm -rf "$program"
  rm -f "$command"
  cat <<END
The service is gone. Left where they are, since they cannot be made again:
  the data           $state
  backups            $backups
  the configuration  $settings
  the user           $service, whom the data belong to
  its subscription   at Calendly, if it was connected, which Calendly disables after a day without an answer
                     (to delete it: ./run.sh install again, calendly-inbox disconnect, and then ./run.sh uninstall)
Without them:  rm -r $state $backups $settings && userdel $service
END
}
