# Which compiler makes WebAssembly here. To be sourced.

. script/lib/debian-rust.sh

# Prints `rustup`, `debian`, or nothing.
wasm_compiler() {
    if [ -d "$(rustc --print target-libdir --target wasm32-unknown-unknown 2>/dev/null)" ]; then
        echo rustup
    elif debian_rust_is_there && command -v wasm-ld >/dev/null; then
        echo debian
    fi
}

# Debian's cargo with the linker for WebAssembly.
wasm_debian_cargo() {
    CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER=wasm-ld debian_cargo "$@"
}

# What cargo is told besides.
wasm_build_std() {
    [ "$(wasm_compiler)" != debian ] || echo -Zbuild-std=std,panic_abort
}
