# Which compiler makes WebAssembly here. To be sourced.

# Prints `rustup`, `debian`, or nothing.
wasm_compiler() {
    if [ -d "$(rustc --print target-libdir --target wasm32-unknown-unknown 2>/dev/null)" ]; then
        echo rustup
    elif wasm_has rustc-web && wasm_has cargo-web && wasm_has rust-web-src && command -v wasm-ld >/dev/null; then
        echo debian
    fi
}

# Whether one of Debian's packages is installed.
wasm_has() {
    [ "$(dpkg-query --show --showformat='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# Debian's cargo. Its compiler has no library for WebAssembly and builds one from its own source,
# which a released compiler does only when it is asked like this.
wasm_debian_cargo() {
    local folder
    # Beside that of rustup, so that its name on the PATH does not do.
    folder=$(dirname "$(dpkg --listfiles rustc-web | grep 'bin/rustc$' | head -n 1)")
    PATH="$folder:$PATH" RUSTC="$folder/rustc" RUSTC_BOOTSTRAP=1 \
        CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER=wasm-ld "$folder/cargo" "$@"
}

# What cargo is told besides.
wasm_build_std() {
    [ "$(wasm_compiler)" != debian ] || echo -Zbuild-std=std,panic_abort
}
