# Which compiler makes programs for Windows here. To be sourced.

. script/lib/debian-rust.sh

windows_target=x86_64-pc-windows-gnu

# Prints `rustup`, `debian`, or nothing.
windows_compiler() {
    command -v x86_64-w64-mingw32-gcc >/dev/null || return 0
    if [ -d "$(rustc --print target-libdir --target "$windows_target" 2>/dev/null)" ]; then
        echo rustup
    elif debian_rust_is_there; then
        echo debian
    fi
}
