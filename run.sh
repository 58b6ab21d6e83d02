#!/usr/bin/env bash
# ./run.sh            builds when needed, and serves
# ./run.sh test       runs all tests
# ./run.sh torture    kill -9, full disks, broken databases…: tries to make it lose a delivery (--long, --seed N, --only NAME)
# ./run.sh bench      measures it against a handler that does nothing (--long)
# ./run.sh fuzz [S]   lets a fuzzer look for S seconds (60) at each thing that reads what others wrote
# ./run.sh screenshots [FOLDER]   takes the pictures of the console anew (needs chromium and chromedriver)
# ./run.sh build      builds only
# ./run.sh install    makes it a service of systemd, and starts it; again: brings it up to date   (root)
# ./run.sh uninstall  takes the service away, and leaves the data                                  (root)
# ./run.sh COMMAND    any other command of the JAR: ./run.sh --help lists them
#
# JAVA_OPTS adds options for Java.
set -euo pipefail

# A start is half a second, of which each program that is run on the way to Java takes a hundredth: what bash can do, bash does.
came_from=$PWD
script=${BASH_SOURCE[0]}
# Said by a link to it, it is at home where that leads to.
[ ! -L "$script" ] || script=$(exec readlink -f -- "$script")
case $script in */*) CDPATH='' cd -- "${script%/*}" ;; esac
home=$PWD
cd -- "$came_from"
jar=$home/target/calendly-inbox.jar
library=$home/target/calendly-inbox-lib

say() { printf '%s\n' "$*" >&2; }

# Puts into $java, $javac what JAVA_HOME or the PATH offers; empty where there is none. Into $version: the version of $java;
# into $archive: where its class-data archive is, or will be.
find_java() {
  local folder IFS=:
  java='' javac='' version=''
  if [ -n "${JAVA_HOME:-}" ] && [ -x "$JAVA_HOME/bin/java" ]; then
    java=$JAVA_HOME/bin/java
    [ ! -x "$JAVA_HOME/bin/javac" ] || javac=$JAVA_HOME/bin/javac
  else
    for folder in $PATH; do
      [ -n "$java" ] || [ ! -f "$folder/java" ] || [ ! -x "$folder/java" ] || java=$folder/java
      [ -n "$javac" ] || [ ! -f "$folder/javac" ] || [ ! -x "$folder/javac" ] || javac=$folder/javac
    done
  fi
  # One that says no version, as macOS has where no JDK is installed, is as good as none.
  [ -z "$java" ] || version=$(version_of "$java") || version=''
  archive=${jar%.jar}-java-$version.jsa
}

# Prints the version of the Java that a java or javac belongs to: from the file that every JDK has, since asking Java takes a tenth
# of a second.
version_of() {
  local program file name value
  program=$(exec readlink -f "$1" 2>/dev/null) || program=$1
  file=${program%/bin/*}/release
  if [ -r "$file" ]; then
    while IFS='=' read -r name value; do
      if [ "$name" = JAVA_VERSION ]; then
        value=${value%\"*}
        printf '%s' "${value#\"}"
        return
      fi
    done <"$file"
  fi
  "$1" -version 2>&1 | sed -nE 's/^(openjdk|java|javac)[^0-9]*([0-9][0-9.]*).*/\2/p' | head -n 1
}

# Whether a version, which may be empty, is 17 or newer.
is_17() {
  local major=${1%%.*}
  [ -n "$major" ] && [ "$major" -ge 17 ]
}

has_jdk() { [ -n "$javac" ] && is_17 "$(version_of "$javac")"; }

# What to install a JDK from, newest long-term release first; the last name if the lists are not there yet.
jdk_package() {
  local name
  for name in openjdk-25-jdk-headless openjdk-21-jdk-headless openjdk-17-jdk-headless; do
    if apt-cache show "$name" >/dev/null 2>&1; then
      break
    fi
  done
  printf '%s' "$name"
}

# Asks for a JDK 17 or newer and Maven; installs what is missing where that needs no question.
need_tools() {
  find_java
  local jdk='' maven=''
  has_jdk || jdk=missing
  command -v mvn >/dev/null || maven=maven
  [ -n "$jdk$maven" ] || return 0

  if ! command -v apt-get >/dev/null; then
    say "run.sh: a JDK 17 or newer and Maven are needed and not both here."
    say "Install them, for example:  dnf install java-21-openjdk-devel maven   or   brew install openjdk@21 maven"
    exit 2
  fi
  local root=()
  if [ "$(id -u)" -ne 0 ]; then
    if ! sudo -n true 2>/dev/null; then
      say "run.sh: a JDK 17 or newer and Maven are needed and not both here. Install them with:"
      say "  sudo apt-get update && sudo apt-get install -y ${jdk:+$(jdk_package) }$maven"
      exit 2
    fi
    root=(sudo -n)
  fi
  "${root[@]}" apt-get update -qq >&2
  [ -z "$jdk" ] || jdk=$(jdk_package)
  say "run.sh: installing with apt-get: $jdk $maven"
  # shellcheck disable=SC2086  # an empty name must vanish
  "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $jdk $maven >&2
  hash -r
  find_java
  if ! has_jdk; then
    # Maven may have brought an older Java that stands first.
    JAVA_HOME=$(find /usr/lib/jvm -maxdepth 1 -name 'java-*-openjdk-*' | sort -V | tail -n 1)
    export JAVA_HOME
    find_java
  fi
}

is_stale() { [ ! -f "$jar" ] || is_newer "$home/src/main" "$home/pom.xml" "$home/schema.sql"; }

# Whether one of some files and folders, or what is in them, is newer than the JAR.
is_newer() {
  local file
  for file in "$@"; do
    if [ "$file" -nt "$jar" ] || { [ -d "$file" ] && is_newer "$file"/*; }; then
      return 0
    fi
  done
  return 1
}

maven() { (cd "$home" && mvn -B -ntp "$@"); }

build() {
  need_tools
  say "run.sh: building (the first time fetches what it is built from, which takes a minute or two)"
  # Put in its place in one step: a server that runs from the old one keeps it whole, and a build that fails leaves it there.
  maven -q -DskipTests -Djar.name=calendly-inbox-next package >&2
  mv -f "$home/target/calendly-inbox-next.jar" "$jar"
  make_archive "$jar" "$archive" "$library" || true
}

# The class-data archive: what Java makes of classes when it has read and checked them, which takes longer than all the rest of a
# start. One for each version of Java; Java itself sees to it that it fits the JAR.
# Lets a server take a delivery and stop, and keeps the classes that it used, the JDK's too: an archive on top of the JDK's own takes
# 4 MB more of memory. Where that fails an empty file is left, so that it is not tried at every start: all is the same without it, but
# for half a second. Where a folder is named as well, what that server unpacked is kept in it. Its files lie beside the archive: from
# the temporary folder, which may be mounted noexec, the library might not be loaded, and then none would be kept.
make_archive() {
  local of=$1 to=$2 library=${3:-} work pid port try
  # Nor is it tried at length where nothing can be written now.
  if ! work=$(mktemp -d "$to.XXXXXX" 2>/dev/null); then
    say "run.sh: no class-data archive: ${to%/*} cannot be written; starts take half a second longer"
    return
  fi
  # The server does not hear Ctrl-C, since it runs in the background.
  # shellcheck disable=SC2046  # the jobs are a list of words
  trap 'kill -9 $(jobs -p) 2>/dev/null; wait; rm -rf "$work" "$to.$$" ${library:+"$library.$$"}; exit 130' INT TERM HUP
  # The server may be slower to make its log than we are to read it.
  : >"$work/log"
  local clean=(env -i "PATH=$PATH" "HOME=$work" "DATA_DIR=$work/data" HOST=127.0.0.1)
  local with=("$java" @"$home/src/service/java.options" -Xlog:disable "-Djava.io.tmpdir=$work" "-Dorg.sqlite.tmpdir=$work")
  rm -f "${to%-java-*}"-java-*.jsa
  "${clean[@]}" PORT=0 "${with[@]}" -Xshare:off -XX:DumpLoadedClassList="$work/classes" -jar "$of" >/dev/null 2>"$work/log" &
  pid=$!
  for ((try = 0; try < 300; try++)); do
    port=$(sed -nE 's/.* Ready: address=127\.0\.0\.1:([0-9]+) .*/\1/p' "$work/log")
    [ -z "$port" ] || break
    kill -0 $pid 2>/dev/null || break
    sleep 0.1
  done
  if [ -n "$port" ] && "${clean[@]}" PORT="$port" "$java" "-Djava.io.tmpdir=$work" -jar "$of" send-test >/dev/null 2>&1 && [ -n "$library" ]; then
    keep_library "$work" "$library" 2>/dev/null || true
  fi
  kill $pid 2>/dev/null || true
  wait $pid 2>/dev/null || true
  "${clean[@]}" "${with[@]}" -Xshare:dump -XX:SharedClassListFile="$work/classes" -XX:SharedArchiveFile="$to.$$" -jar "$of" \
    >/dev/null 2>&1 || true
  if [ -s "$to.$$" ]; then
    mv "$to.$$" "$to"
  else
    : >"$to"
  fi
  rm -rf "$work"
  trap - INT TERM HUP
}

# SQLite's native library, as a server unpacked it: else each start unpacks it anew, which takes a twentieth of it, and each that is
# killed leaves it behind.
keep_library() {
  local from=$1 to=$2 file
  for file in "$from"/sqlite-*-libsqlitejdbc.{so,dylib}; do
    if [ -f "$file" ]; then
      install -d -m 755 "$to.$$" && install -m 755 "$file" "$to.$$/${file##*-}" && rm -rf "$to" && mv "$to.$$" "$to"
    fi
  done
  rm -rf "$to.$$"
}

# The test classes that were left out, each with its reason.
left_out() {
  sed -nE '/<testsuite /{s/.* name="([^"]*)".*/\1/;h}
    /<skipped /{s/.*message="([^"]*)".*/\1/;s/.*CDATA\[([^: ]*: )?//;G;s/(.*)\n(.*)/  \2: \1/;p}' \
    "$home"/target/surefire-reports/TEST-*.xml | sort -u
}

# Two clean builds of the same source give the same bytes.
check_reproducible() {
  local first second
  first=$(sha256sum <"$jar")
  maven -q -DskipTests clean package
  second=$(sha256sum <"$jar")
  if [ "$first" != "$second" ]; then
    say "run.sh: two builds of the same source gave two different JARs: $first and $second"
    exit 1
  fi
  echo "Two clean builds gave the same JAR: ${first%% *}"
}

# The fuzzer takes one test at a time. What it finds stays in src/test/resources, and is a test from then on.
fuzz() {
  local test
  maven -q test-compile
  for test in SignatureFuzzTest#nothing_unsigned_is_let_in \
    SignatureFuzzTest#a_genuine_signature_is_genuine_for_its_own_body_only \
    JournalFuzzTest#a_body_is_read_back_as_it_was_written \
    JournalFuzzTest#what_is_read_is_what_would_be_written \
    JournalFuzzTest#whole_lines_are_found_whatever_lies_between_them_and_the_rest_is_set_aside \
    PayloadFuzzTest#every_body_has_one_identity_and_a_plain_reason_where_it_is_not_understood \
    PayloadFuzzTest#order_and_company_do_not_matter \
    ConfigFuzzTest#any_environment_gives_a_configuration_or_names_its_faults; do
    echo "== $test, $1 s"
    if ! JAZZER_FUZZ=1 maven -q surefire:test@fuzz -Dtest="$test" -Djazzer.max_duration="$1s" >"$home/target/fuzz.log" 2>&1; then
      tail -n 60 "$home/target/fuzz.log"
      exit 1
    fi
    grep -a '^Done ' "$home/target/fuzz.log"
  done
}

# Runs a program that lies with the tests, against the JAR as users have it.
of_the_tests() {
  need_tools
  if is_stale; then
    build
  fi
  maven -q test-compile dependency:build-classpath -DincludeScope=test -Dmdep.outputFile=target/test.classpath
  cd "$home"
  exec "$java" -cp "target/test-classes:target/classes:$(cat target/test.classpath)" \
    -Dcalendlyinbox.jar="$jar" -Dorg.slf4j.simpleLogger.defaultLogLevel=off "$@"
}

case "${1:-}" in
  test)
    need_tools
    maven clean verify
    left_out=$(left_out)
    check_reproducible
    [ -z "$left_out" ] || printf '\nNOT TESTED:\n%s\n' "$left_out"
    exit
    ;;
  torture)
    shift
    # The first compiler alone: the second would take the processors from the servers that are tried.
    of_the_tests -XX:TieredStopAtLevel=1 -XX:+UseSerialGC calendlyinbox.torture.Torture "$@"
    ;;
  screenshots)
    shift
    of_the_tests calendlyinbox.console.Screenshots "$@"
    ;;
  bench)
    shift
    of_the_tests calendlyinbox.bench.Bench "$@"
    ;;
  fuzz)
    need_tools
    fuzz "${2:-60}"
    exit
    ;;
  build)
    build
    exit
    ;;
  install | uninstall)
    # shellcheck source=src/service/install.sh
    . "$home/src/service/install.sh"
    "$1_service"
    exit
    ;;
esac

find_java
if is_stale; then
  build
elif ! is_17 "$version"; then
  need_tools
fi

shared=()
if [ "$archive" -ot "$jar" ] && [ -w "$home/target" ]; then
  make_archive "$jar" "$archive" "$library" || true
fi
if [ -s "$archive" ]; then
  shared=(-XX:SharedArchiveFile="$archive" -Xshare:auto '-Xlog:cds*=off')
fi
# Whether the archive fits the JAR Java asks itself; nobody asks whether the library does.
if [ "$library" -nt "$jar" ]; then
  shared+=(-Dorg.sqlite.lib.path="$library")
fi

# The system's memory comes in few arenas: a small VPS has none to lend.
export MALLOC_ARENA_MAX=${MALLOC_ARENA_MAX:-2}
# shellcheck disable=SC2086  # JAVA_OPTS is a list of words
exec "$java" @"$home/src/service/java.options" ${shared[@]+"${shared[@]}"} ${JAVA_OPTS:-} -jar "$jar" "$@"
