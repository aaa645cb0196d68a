# What run, test and orrery share: finds a JDK, Maven and Node on this machine, and builds what is
# missing or older than its sources. The caller sets $home, the repository's root, and sources this.
# shellcheck shell=sh disable=SC2154

wanted_java=25
wanted_node=20

say() { printf '%s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

# The major version of the JDK in directory $1; nothing when there is no compiler in it.
jdk_version() {
    [ -x "$1/bin/javac" ] || return 0
    if [ -r "$1/release" ]; then
        sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release"
    else
        "$1/bin/javac" -version 2>&1 | sed -n 's/^javac \([0-9]*\).*/\1/p'
    fi
}

jdk_is_new_enough() {
    version=$(jdk_version "$1")
    [ "${version:-0}" -ge "$wanted_java" ]
}

# Sets and exports JAVA_HOME: the caller's own if it is new enough, else the first that is.
find_java() {
    for jdk in "${JAVA_HOME:-/nowhere}" /usr/lib/jvm/* "$HOME"/.sdkman/candidates/java/* \
            "$HOME"/.jdks/* /opt/* "$(macos_java_home)"; do
        if jdk_is_new_enough "$jdk"; then
            JAVA_HOME=$jdk
            export JAVA_HOME
            return
        fi
    done
    die "Orrery needs a JDK $wanted_java or newer, and found none. Install one with
    $(java_install_command)
or point JAVA_HOME at one."
}

macos_java_home() {
    [ -x /usr/libexec/java_home ] && /usr/libexec/java_home -v "$wanted_java+" 2>/dev/null
}

# The one command that installs a JDK here.
java_install_command() {
    for package in "openjdk-$wanted_java-jdk-headless" "temurin-$wanted_java-jdk"; do
        if apt-cache show "$package" >/dev/null 2>&1; then
            echo "sudo apt-get install -y $package"
            return
        fi
    done
    if command -v dnf >/dev/null; then
        echo "sudo dnf install -y java-$wanted_java-openjdk-devel"
    elif command -v brew >/dev/null; then
        echo "brew install openjdk@$wanted_java"
    else
        echo "sdk install java $wanted_java-tem    (SDKMAN, https://sdkman.io)"
    fi
}

# Sets $maven: the installed one if it is new enough, else the wrapper, which fetches its own.
find_maven() {
    # Callers may stop at the first command of a pipe that is not there.
    version=$({ mvn -version 2>/dev/null || :; } | sed -n 's/.*Apache Maven \([0-9.]*\).*/\1/p')
    if [ -n "$version" ] && at_least "$version" 3.8.7; then
        maven=mvn
    else
        maven=$home/mvnw
    fi
    # Libraries of Maven's own use what the JDK warns of; nobody here can mend that.
    MAVEN_OPTS="${MAVEN_OPTS:-} --sun-misc-unsafe-memory-access=allow \
--enable-native-access=ALL-UNNAMED"
    export MAVEN_OPTS
}

# Whether dotted version $1 is $2 or newer.
at_least() {
    [ "$(printf '%s\n%s\n' "$1" "$2" | sort -t. -k1,1n -k2,2n -k3,3n | head -n 1)" = "$2" ]
}

need_node() {
    version=$({ node --version 2>/dev/null || :; } | sed -n 's/^v\([0-9]*\).*/\1/p')
    [ "${version:-0}" -ge "$wanted_node" ] && command -v npm >/dev/null && return
    die "Building the start page needs Node $wanted_node or newer with npm; found: ${version:-none}.
Install it with
    sudo apt-get install -y nodejs npm"
}

# Whether what build $1 made is missing or older than a source of the modules after it.
is_stale() {
    stamp=$home/target/built-$1
    shift
    [ -e "$stamp" ] || return 0
    for module; do
        [ -d "$home/$module/target" ] || return 0
    done
    (cd "$home" && find pom.xml "$@" \( -name target -o -name node_modules -o -name dist \) -prune \
        -o -newer "$stamp" -print 2>/dev/null | grep -q -v '^[a-z]*$')
}

# Builds Maven module $1; the modules after it are those whose sources count. Quick when it stands.
build() {
    target=$1
    is_stale "$@" || return 0
    find_maven
    case " $* " in *' console '*) need_node ;; esac
    mkdir -p "$home/target"
    log=$home/target/build-$target.log
    touch "$home/target/building-$target"
    first=' (the first time takes a few minutes)'
    [ -e "$home/target/built-$target" ] && first=
    say "Building $target$first; log: $log"
    started=$(date +%s)
    (cd "$home" && exec "$maven" -B -DskipTests -pl "$target" -am package) >"$log" 2>&1 &
    builder=$!
    trap 'kill -TERM $builder 2>/dev/null; exit 130' INT TERM HUP
    report_progress $builder "$log"
    if ! wait $builder; then
        # Where Maven itself did not start, its log ends with the cause.
        { grep -E '^\[ERROR\]' "$log" || tail -n 20 "$log"; } | head -n 20 >&2
        die "The build failed; all of it is in $log"
    fi
    trap - INT TERM HUP
    # The stamp bears the time the build began: what was edited meanwhile is built the next time.
    mv "$home/target/building-$target" "$home/target/built-$target"
    say "Built $target in $(($(date +%s) - started)) s"
}

# Says each module that Maven process $1 begins, as its log $2 tells; where one takes long, what
# has been fetched so far.
report_progress() {
    told='' module='Starting Maven' last=$(date +%s)
    while kill -0 "$1" 2>/dev/null; do
        begun=$(sed -n 's/^\[INFO\] Building \(.*\) [0-9][^ ]* *\(\[.*\]\)$/\2 \1/p' "$2" |
            tail -n 1)
        module=${begun:-$module} now=$(date +%s)
        if [ "$begun" != "$told" ]; then
            say "  $begun"
            told=$begun last=$now
        elif [ $((now - last)) -ge 15 ]; then
            fetched=$(grep -c '^\[INFO\] Downloaded from' "$2")
            [ "$fetched" -eq 0 ] && fetched= || fetched=", $fetched files fetched"
            say "  $module … $((now - started)) s$fetched"
            last=$now
        fi
        sleep 0.3 2>/dev/null || sleep 1
    done
}
