# Sourced by ./mvnw and ./posthorn: sets JAVA_HOME to a JDK of this release or newer, wherever it is installed.
# Reads each JDK's `release` file and starts no JVM, so that it costs a few milliseconds.

jdk_needed=25

# is_jdk DIR: whether DIR holds a JDK that is new enough. Sets jdk_version.
is_jdk() {
    [ -x "$1/bin/java" ] && [ -x "$1/bin/javac" ] && [ -r "$1/release" ] || return 1
    jdk_version=
    while IFS='=' read -r jdk_key jdk_value || [ -n "$jdk_key" ]; do
        if [ "$jdk_key" = JAVA_VERSION ]; then
            jdk_version=${jdk_value#\"}
            jdk_version=${jdk_version%%\"*}
        fi
    done <"$1/release"
    jdk_major=${jdk_version%%[!0-9]*}
    [ -n "$jdk_major" ] && [ "$jdk_major" -ge "$jdk_needed" ]
}

find_jdk() {
    # What the user has chosen comes first, then the java that a shell would start, then the usual places.
    for jdk_dir in "${JAVA_HOME-}" "${JAVA25_HOME-}" "${JAVA_HOME_25_X64-}" "${JAVA_HOME_25_ARM64-}" "${JDK_25-}" "${JDK25_HOME-}"; do
        if [ -n "$jdk_dir" ] && is_jdk "$jdk_dir"; then
            JAVA_HOME=$jdk_dir
            return 0
        fi
    done
    if jdk_java=$(command -v java) && jdk_java=$(readlink -f "$jdk_java" 2>/dev/null); then
        if is_jdk "${jdk_java%/bin/java}"; then
            JAVA_HOME=${jdk_java%/bin/java}
            return 0
        fi
    fi
    if [ -x /usr/libexec/java_home ] && jdk_dir=$(/usr/libexec/java_home -v "$jdk_needed+" 2>/dev/null) && is_jdk "$jdk_dir"; then
        JAVA_HOME=$jdk_dir
        return 0
    fi
    for jdk_dir in /usr/lib/jvm/* /usr/java/* /usr/local/*jdk* /opt/*jdk* /opt/java/* /opt/*/*jdk* /opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home \
        "${HOME-}"/.sdkman/candidates/java/* "${HOME-}"/.jdks/* "${HOME-}"/.m2/jdks/* "${HOME-}"/.asdf/installs/java/* \
        "${HOME-}"/.local/share/mise/installs/java/* "${HOME-}"/jdk* \
        /Library/Java/JavaVirtualMachines/*/Contents/Home "${HOME-}"/Library/Java/JavaVirtualMachines/*/Contents/Home; do
        if is_jdk "$jdk_dir"; then
            JAVA_HOME=$jdk_dir
            return 0
        fi
    done
    return 1
}

if find_jdk; then
    export JAVA_HOME
else
    cat >&2 <<MESSAGE
Posthorn needs a JDK $jdk_needed or newer, and none was found in JAVA_HOME, on the PATH or in the usual places.
Install one (for example Eclipse Temurin $jdk_needed from your package manager, or "sdk install java $jdk_needed-tem"),
or point JAVA_HOME at the one you have:  JAVA_HOME=/path/to/jdk-$jdk_needed $0
MESSAGE
    exit 1
fi
