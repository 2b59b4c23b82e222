# shellcheck shell=bash
# Shared by the scripts of the rig: where things are, and how its cached pieces are built.
# Every piece lies under rig/target and is rebuilt only when something it is made from has changed.

RIG=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
TARGET=$RIG/target

# The project's jars; they appear as /opt/microlith/lib inside the outer VM.
# shellcheck disable=SC2034 # used by rig/run
PROJECT_JARS=${MICROLITH_RIG_JARS:-$RIG/../examples/target/microlith/lib}

# Debian's cloud kernel is both the outer VM's kernel and the inner guests'.
KERNEL_PACKAGE=linux-image-cloud-amd64

# The outer VM may have a newer one, whose KVM can do more.
RECENT_KERNEL_PACKAGE=linux-image-6.12-cloud-amd64

# The general one is for guests that need what the cloud kernel leaves out: the driver of the generation.
GENERAL_KERNEL_PACKAGE=linux-image-amd64

# What Microlith needs to run, java.desktop left out for its size; jdk.jcmd is for jstack and friends.
JDK_MODULES=java.base,java.compiler,java.logging,java.management,java.naming,java.net.http,java.xml
JDK_MODULES+=,jdk.compiler,jdk.httpserver,jdk.jcmd,jdk.jfr,jdk.management,jdk.unsupported,jdk.zipfs

# The inner guest gets the drivers a VMM of this project may offer it, and what these depend on.
GUEST_DRIVERS=(
  pvpanic-mmio virtio_mmio virtio_pci virtio_blk virtio_net virtio_console virtio-rng virtio_balloon virtio_mem
  virtio_pmem nd_pmem virtiofs vmw_vsock_virtio_transport overlay
)

# The files QEMU's microvm machine loads by itself.
QEMU_FIRMWARE=(
  bios-microvm.bin qboot.rom linuxboot.bin linuxboot_dma.bin multiboot.bin multiboot_dma.bin pvh.bin kvmvapic.bin
)

die() { # what, why, how to mend
  printf 'rig: %s\n' "$*" >&2
  exit "${RIG_FAILED:-125}"
}

# ---- the cache ------------------------------------------------------------------------------------------------------

# piece NAME BUILDER INPUT...: calls BUILDER with a path to fill, unless NAME was built from these same inputs before.
# The result is renamed into place, so nobody ever sees half a piece.
piece() {
  local name=$1 builder=$2 key
  shift 2
  key=$(printf '%s\n' "$(declare -f "$builder")" "$@" | sha256sum)
  if [[ -e $TARGET/$name && -e $TARGET/$name.key && $(<"$TARGET/$name.key") == "$key" ]]; then
    return
  fi
  rm -rf "$TARGET/$name.new"
  "$builder" "$TARGET/$name.new"
  rm -rf "${TARGET:?}/$name"
  mv "$TARGET/$name.new" "$TARGET/$name"
  printf '%s\n' "$key" >"$TARGET/$name.key"
}

identity() { # FILE...: a cheap stand-in for the contents of big files
  stat -L -c '%n %s %Y' "$@"
}

content() { # FILE...: for small ones
  sha256sum "$@"
}

# build_all: makes whatever is stale, one process at a time; others wait for it and then find all fresh.
build_all() {
  check_tools
  mkdir -p "$TARGET"
  (
    flock 9
    build_pieces
  ) 9>"$TARGET/.lock"
}

build_pieces() {
  piece kernel build_kernel "$KERNEL_PACKAGE" "$(declare -f unpack_kernel)"
  piece jdk build_jdk "$(content "$(find_jdk)/release")" "$JDK_MODULES"
  piece general build_general "$GENERAL_KERNEL_PACKAGE" "${GUEST_DRIVERS[*]}" \
    "$(declare -f unpack_kernel build_guest_tree install_busybox)" "$(content "$RIG/guest/init" "$RIG/guest/report" "$(busybox)")"
  piece recent build_recent "$RECENT_KERNEL_PACKAGE" "$(declare -f unpack_kernel extract_vmlinux build_outer_initrd copy_modules)" \
    "$(content "$RIG/outer/initrd-init" "$(busybox)")"
  piece outer-initrd.cpio build_outer_initrd "$(kernel_identity)" "$(content "$RIG/outer/initrd-init" "$(busybox)")"
  piece guest-tree build_guest_tree "$(kernel_identity)" "${GUEST_DRIVERS[*]}" "$(declare -f install_busybox)" \
    "$(content "$RIG/guest/init" "$RIG/guest/report" "$(busybox)")"
  piece initrd.gz build_default_initrd "$(<"$TARGET/guest-tree.key")" "$(declare -f pack_cpio)"
  piece base.ext4 build_base_image "$(<"$TARGET/jdk.key")" "$(<"$TARGET/initrd.gz.key")" "$(<"$TARGET/recent.key")" \
    "${QEMU_FIRMWARE[*]}" \
    "$(declare -f install_busybox copy_programs libraries make_image)" "$(identity "$(type -P qemu-system-x86_64)")" \
    "$(content "$RIG"/outer/{agent,microlith,qemu-microvm})"
}

check_tools() {
  local tool missing=()
  for tool in qemu-system-x86_64 busybox cpio mke2fs lz4 zstd xz gzip flock; do
    find_tool "$tool" >/dev/null || missing+=("$tool")
  done
  if ((${#missing[@]} > 0)); then
    die "cannot build the rig: ${missing[*]} not found; run rig/install-packages as root"
  fi
  if ldd "$(busybox)" >/dev/null 2>&1; then
    die "$(busybox) needs shared libraries, which an initrd does not have; run rig/install-packages as root for busybox-static"
  fi
}

find_tool() { # mke2fs is in sbin, which is not on everybody's PATH
  PATH=$PATH:/usr/sbin:/sbin type -P "$1"
}

busybox() { find_tool busybox; }

# ---- the kernel -----------------------------------------------------------------------------------------------------

build_kernel() { # DIR: vmlinuz, vmlinux (the ELF inside it), version, lib/modules
  unpack_kernel "$1" "$KERNEL_PACKAGE"
  extract_vmlinux "$1/vmlinuz" >"$1/vmlinux"
}

build_recent() { # DIR: vmlinux, outer-initrd.cpio, lib/modules
  unpack_kernel "$1" "$RECENT_KERNEL_PACKAGE"
  extract_vmlinux "$1/vmlinuz" >"$1/vmlinux"
  KERNEL=$1 build_outer_initrd "$1/outer-initrd.cpio"
  rm "$1/vmlinuz"
}

build_general() { # DIR: vmlinuz, and tree, the unpacked initrd of guests that have it
  unpack_kernel "$1/kernel" "$GENERAL_KERNEL_PACKAGE"
  KERNEL=$1/kernel build_guest_tree "$1/tree"
  mv "$1/kernel/vmlinuz" "$1"
  rm -rf "$1/kernel"
}

unpack_kernel() { # DIR PACKAGE: vmlinuz, version, lib/modules
  local dir=$1 package version
  package=$(kernel_dependency "$2")
  mkdir -p "$dir/deb"
  # apt's sandbox user cannot write here, and it would warn about that.
  (cd "$dir/deb" && apt-get -q -q -o APT::Sandbox::User="$(id -un)" download "$package") ||
    die "cannot download Debian's package $package: see apt's message above; try apt-get update first"
  dpkg-deb -x "$dir"/deb/*.deb "$dir/files"
  version=$(basename "$dir"/files/lib/modules/*)
  printf '%s\n' "$version" >"$dir/version"
  mv "$dir/files/boot/vmlinuz-$version" "$dir/vmlinuz"
  mv "$dir/files/lib" "$dir/lib"
  find "$dir/lib" -name '*.ko.xz' -exec xz -d {} +
  rm -rf "$dir/deb" "$dir/files"
  "$(busybox)" depmod -b "$dir" "$version"
}

kernel_dependency() { # PACKAGE: the real package behind the ever-newest one
  local package
  package=$(apt-cache depends "$1" 2>/dev/null | sed -n 's/^ *Depends: \(linux-image-[0-9].*\)/\1/p' | head -n 1)
  [[ -n $package ]] || die "apt does not know $1: no Debian package lists here; run rig/install-packages as root"
  printf '%s\n' "$package"
}

# That of the guests' drivers, unless KERNEL is another one.
kernel() { printf '%s\n' "${KERNEL:-$TARGET/kernel}"; }

kernel_version() { cat "$(kernel)/version"; }

kernel_identity() { identity "$TARGET/kernel/vmlinuz"; }

# A bzImage says in its setup header where its compressed ELF begins (boot protocol 2.08). Debian's is LZ4, or
# Zstandard; the last four bytes of the payload are the size it must unpack to.
extract_vmlinux() { # BZIMAGE
  local image=$1 setup_sectors payload length size unpack=lz4
  setup_sectors=$(number_at "$image" $((0x1f1)) 1)
  payload=$(((setup_sectors + 1) * 512 + $(number_at "$image" $((0x248)) 4)))
  length=$(number_at "$image" $((0x24c)) 4)
  size=$(number_at "$image" $((payload + length - 4)) 4)
  (($(number_at "$image" "$payload" 4) != 0xfd2fb528)) || unpack=zstd
  # lz4 rightly complains about the bytes after the payload; what it wrote is checked instead.
  { tail -c +$((payload + 1)) "$image" | head -c $((length - 4)) || true; } | "$unpack" -q -d -c >"$image.elf"
  [[ $(stat -c %s "$image.elf") == "$size" ]] ||
    die "cannot unpack $image: its payload is not $unpack of $size bytes; the kernel package changed its format, mend extract_vmlinux"
  cat "$image.elf"
  rm "$image.elf"
}

number_at() { # FILE OFFSET SIZE
  od -A n -t "u$3" -j "$2" -N "$3" "$1" | tr -d ' '
}

# ---- the JDK --------------------------------------------------------------------------------------------------------

find_jdk() {
  local dir
  for dir in "${JAVA_HOME:-}" /usr/lib/jvm/*; do
    if [[ -x $dir/bin/jlink ]] && grep -q '^JAVA_VERSION="25' "$dir/release" 2>/dev/null; then
      printf '%s\n' "$dir"
      return
    fi
  done
  die "no JDK 25 with jlink in JAVA_HOME or /usr/lib/jvm: the rig carries one inside; install it or set JAVA_HOME"
}

build_jdk() { # DIR
  # The class-data archive halves the start of a JVM, which counts under emulation.
  "$(find_jdk)/bin/jlink" --add-modules "$JDK_MODULES" --strip-debug --no-header-files --no-man-pages \
    --generate-cds-archive --output "$1" >/dev/null
}

# ---- initrds --------------------------------------------------------------------------------------------------------

install_busybox() { # BINDIR: busybox and a link for each applet that is not there already
  local bin=$1 applet
  mkdir -p "$bin"
  cp "$(busybox)" "$bin/busybox"
  for applet in $("$bin/busybox" --list); do
    [[ -e $bin/$applet ]] || ln -s busybox "$bin/$applet"
  done
}

modules_with_dependencies() { # MODULE...: their paths below lib/modules/VERSION, dependencies included, if not built in
  local module dir
  dir=$(kernel)/lib/modules/$(kernel_version)
  for module in "$@"; do
    sed -n "s|^\(.*/$module\.ko\):\(.*\)|\1 \2|p" "$dir/modules.dep" | grep . ||
      grep -q "/$module\.ko$" "$dir/modules.builtin" ||
      die "the kernel has no module $module: $dir/modules.dep does not list it; mend the list in rig/lib.sh"
  done | tr -s ' ' '\n' | sort -u
}

copy_modules() { # ROOT MODULE...
  local root=$1 path version
  shift
  version=$(kernel_version)
  while read -r path; do
    install -D -m 644 "$(kernel)/lib/modules/$version/$path" "$root/lib/modules/$version/$path"
  done < <(modules_with_dependencies "$@")
  "$(busybox)" depmod -b "$root" "$version"
}

# pack_cpio TREE: the same tree gives the same bytes. No device nodes are needed (so no root): the kernel's built-in
# initramfs already holds /dev/console, and devtmpfs brings the rest.
pack_cpio() {
  (
    cd "$1" || exit
    find . -exec touch -h -d @0 {} +
    find . -print0 | LC_ALL=C sort -z | cpio -0 -o -H newc --quiet --reproducible -R 0:0
  )
}

build_outer_initrd() { # FILE: just enough to find the root disk
  local tree=$1.tree
  rm -rf "$tree"
  mkdir -p "$tree"/{bin,dev,proc,root}
  cp "$(busybox)" "$tree/bin/busybox"
  copy_modules "$tree" virtio_pci virtio_blk
  install -m 755 "$RIG/outer/initrd-init" "$tree/init"
  pack_cpio "$tree" >"$1"
  rm -rf "$tree"
}

build_guest_tree() { # DIR: the inner guest's initrd, unpacked
  mkdir -p "$1"/{dev,proc,root,sys,tmp}
  install_busybox "$1/bin"
  ln -s bin "$1/sbin"
  copy_modules "$1" "${GUEST_DRIVERS[@]}"
  install -m 755 "$RIG/guest/init" "$1/init"
  install -m 755 "$RIG/guest/report" "$1/report"
}

# build_devices TREE OUTER: what guests need to try their devices, to be laid over their initrd; and what the outer VM needs
# for that, to be laid over its root. A devices/NAME/build adds to it, in guest_NAME TREE and outer_NAME ROOT.
build_devices() {
  local tree=$1 outer=$2 file device
  install -D -m 755 "$RIG/guest/devices" "$tree/script"
  mkdir -p "$tree/devices" "$outer/usr"/{bin,sbin,lib,lib64}
  ln -s usr/bin usr/sbin usr/lib usr/lib64 "$outer"
  for file in "$RIG"/devices/*/guest; do
    device=$(basename "$(dirname "$file")")
    install -m 644 "$file" "$tree/devices/$device"
    [[ ! -e $RIG/devices/$device/build ]] || build_device "$device" "$tree" "$outer"
  done
  # They are there in the outer VM already.
  rm "$outer"/{bin,sbin,lib,lib64}
}

build_device() ( # NAME TREE OUTER
  # shellcheck source=/dev/null
  . "$RIG/devices/$1/build"
  if declare -F "guest_$1" >/dev/null; then "guest_$1" "$2"; fi
  if declare -F "outer_$1" >/dev/null; then "outer_$1" "$3"; fi
)

add_programs() { # TREE PROGRAM...: into its bin, with the libraries they need
  local tree=$1 program library
  shift
  mkdir -p "$tree/bin"
  for program in "$@"; do
    cp -L "$(find_tool "$program" || die "there is no $program: run rig/install-packages as root")" "$tree/bin/"
  done
  for program in "$@"; do
    ldd "$tree/bin/$program" | libraries
  done | sort -u | while read -r library; do
    mkdir -p "$tree$(dirname "$library")"
    cp -L "$library" "$tree$library"
  done
}

libraries() { # of ldd's output, the paths
  sed -n 's/^\t\(.* => \)\?\(\/[^ ]*\) (0x.*/\2/p'
}

build_default_initrd() { # FILE
  pack_cpio "$TARGET/guest-tree" | gzip -9 -n >"$1"
}

# ---- the base image -------------------------------------------------------------------------------------------------

build_base_image() { # FILE: the root disk of the outer VM
  local root=$1.root
  rm -rf "$root"
  mkdir -p "$root"/{dev,proc,sys,run,tmp,root,etc,rig,work,results,opt/microlith,usr/{bin,sbin,lib,lib64,share}}
  ln -s usr/bin usr/sbin usr/lib usr/lib64 "$root"
  describe_system "$root/etc"
  cp -r "$TARGET/jdk" "$root/opt/jdk"
  (cd "$root/opt/jdk/bin" && for program in *; do ln -s "/opt/jdk/bin/$program" "$root/usr/bin/$program"; done)
  copy_programs "$root" qemu-system-x86_64 bash
  copy_firmware "$root"
  install_busybox "$root/usr/bin"
  cp -r "$TARGET/kernel/lib/modules" "$root/usr/lib/modules"
  cp -r "$TARGET/recent/lib/modules/." "$root/usr/lib/modules"
  cp "$TARGET"/{kernel/vmlinuz,kernel/vmlinux,initrd.gz} "$root/rig"
  install -m 755 "$RIG/outer/agent" "$root/rig/agent"
  install -m 755 "$RIG/outer/microlith" "$RIG/outer/qemu-microvm" "$root/usr/bin"
  # 8 GiB of room; the file is sparse, and what a run writes goes into a throw-away overlay.
  make_image "$root" "$1" 8G
  rm -rf "$root"
}

describe_system() { # ETC
  printf 'root:x:0:0:root:/root:/bin/sh\n' >"$1/passwd"
  printf 'root:x:0:\n' >"$1/group"
  printf '127.0.0.1 localhost rig\n' >"$1/hosts"
  printf 'rig\n' >"$1/hostname"
  ln -s /proc/mounts "$1/mtab"
}

# copy_programs ROOT PROGRAM...: the programs, and every library they or the JDK ask for. libgcc_s is loaded by name at
# run time (thread cancellation), so ldd does not show it.
copy_programs() {
  local root=$1 program library
  shift
  for program in "$@"; do
    cp -L "$(type -P "$program")" "$root/usr/bin/$program"
  done
  {
    find "$root/usr/bin" "$root/opt/jdk" -type f \( -perm -100 -o -name '*.so' \) -exec ldd {} + 2>/dev/null |
      libraries | grep -v "^$root"
    ldconfig_path libgcc_s.so.1
    ldconfig_path libpthread.so.0
    ldconfig_path librt.so.1
  } | sort -u | while read -r library; do
    mkdir -p "$root$(dirname "$library")"
    cp -L "$library" "$root$library"
  done
}

ldconfig_path() { # LIBRARY
  PATH=$PATH:/usr/sbin:/sbin ldconfig -p | sed -n "s|^\t$1 (libc6,x86-64.*=> \(.*\)|\1|p" | head -n 1
}

copy_firmware() { # ROOT
  local root=$1 file
  mkdir -p "$root/usr/share/qemu"
  for file in "${QEMU_FIRMWARE[@]}"; do
    [[ -e /usr/share/qemu/$file ]] || die "no /usr/share/qemu/$file: QEMU's firmware is not all there; run rig/install-packages as root"
    cp -L "/usr/share/qemu/$file" "$root/usr/share/qemu/$file"
  done
}

make_image() { # DIR FILE SIZE: an ext4 image with DIR in it; without journal, for nobody will ever recover it
  rm -f "$2"
  "$(find_tool mke2fs)" -q -t ext4 -d "$1" -m 0 -N 32768 -O '^has_journal,^resize_inode' \
    -E root_owner=0:0,lazy_itable_init=1 "$2" "$3" >/dev/null
}
