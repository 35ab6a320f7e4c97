# Debian's own compiler, for targets whose library rustup could not fetch. To be sourced.

# Whether one of Debian's packages is installed.
debian_has() {
    [ "$(dpkg-query --show --showformat='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# Whether the compiler is there with the source of its library.
debian_rust_is_there() {
    debian_has rustc-web && debian_has cargo-web && debian_has rust-web-src
}

# Debian's cargo. Its compiler builds the library from source, which a released compiler does only
# when it is asked like this.
debian_cargo() {
    local folder
    # Beside that of rustup, so that its name on the PATH does not do.
    folder=$(dirname "$(dpkg --listfiles rustc-web | grep 'bin/rustc$' | head -n 1)")
    PATH="$folder:$PATH" RUSTC="$folder/rustc" RUSTC_BOOTSTRAP=1 "$folder/cargo" "$@"
}
