#!/bin/sh
# Makes a fresh clone ready, then runs a command:
#
#   tools/setup.sh unit|lab|vm|test|interop|bench [COMMAND [ARGUMENT...]]
#
#   unit     npm packages only
#   lab      + the Debian packages of the network-namespace lab and its tests
#   vm       + QEMU, and Debian's kernel unpacked into .cache/vm (nothing of it is installed)
#   test     what vm has, + FRR
#   interop  what lab has, + the BGP daemons that Causeway is tried with
#   bench    what lab has, + the BGP daemons that it is measured beside
#
# `--vm` among the arguments turns `lab` into `vm`. Installs only what is missing and costs nothing when all is
# there. Services of the packages it installs are neither started nor enabled. What cannot be had is named in one
# line, with what has to do without it; the command then runs and decides. Exit status: the command's, or 1 when
# npm packages are missing, 2 for wrong use.
set -eu
umask 022

usage() {
  echo "usage: tools/setup.sh unit|lab|vm|test|interop|bench [COMMAND [ARGUMENT...]]" >&2
  exit 2
}

[ $# -ge 1 ] || usage
purpose=$1
shift
case $purpose in unit | lab | vm | test | interop | bench) ;; *) usage ;; esac
if [ "$purpose" = lab ]; then
  for argument; do [ "$argument" != --vm ] || purpose=vm; done
fi

cd "$(dirname "$0")/.."
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
export PATH
cache=.cache
log=$cache/setup.log
mkdir -p $cache

say() { echo "setup: $*" >&2; }

# ---- npm packages ------------------------------------------------------------------------------------------------

# `npm ci` empties node_modules, so a stamp in there lives as long as what it vouches for.
npm_stamp=node_modules/.causeway-setup
npm_wanted() { sha256sum <package-lock.json; }
npm_ready() { [ -e $npm_stamp ] && [ "$(cat $npm_stamp)" = "$(npm_wanted)" ]; }

npm_packages() {
  say "installing npm packages"
  wanted=$(npm_wanted)
  # The packages want the Node that npm is about to install, not the one that runs npm: no warnings about that.
  # Settings that would leave out development or platform packages are overruled.
  if ! npm ci --loglevel=error --no-progress --engine-strict=false --include=dev --include=optional \
    </dev/null >>$log 2>&1; then
    tail -n 15 $log >&2
    say "npm ci failed: nothing can run without the npm packages (whole log: $log)"
    exit 1
  fi
  # npm 9 does not link the program of a package whose sister for another platform it leaves out.
  for node in node_modules/node-linux-*/bin/node; do
    [ ! -x "$node" ] || ln -sf "../${node#node_modules/}" node_modules/.bin/node
  done
  if [ ! -x node_modules/.bin/node ]; then
    say "npm has no Node for $(uname -s) $(uname -m): Linux on x64 or arm64 is needed"
    exit 1
  fi
  echo "$wanted" >$npm_stamp
}

# ---- Debian packages ---------------------------------------------------------------------------------------------

# Command, Debian package that brings it, purposes.
commands='
bird     bird2            lab,vm,test,interop,bench
ip       iproute2         lab,vm,test,interop,bench
ping     iputils-ping     lab,vm,test,interop,bench
tcpdump  tcpdump          lab,vm,test,interop,bench
unshare  util-linux       lab,vm,test,interop,bench
mount    mount            lab,vm,test,interop,bench
vtysh    frr              test,interop,bench
gobgpd   gobgpd           interop,bench
bgpctl   openbgpd         interop,bench
exabgp   exabgp           interop
qemu-system-x86_64  qemu-system-x86  vm,test
modprobe kmod             vm,test
pmbmpd   pmacct           test
'

missing_packages() {
  echo "$commands" | while read -r command package needed_for; do
    case ,$needed_for, in *",$purpose,"*) ;; *) continue ;; esac
    if [ "$needed_for" = vm,test ]; then [ "$(uname -m)" = x86_64 ] || continue; fi
    command -v "$command" >/dev/null || echo "$package"
  done | tr '\n' ' '
}

left_out() { # PACKAGE... -> what has to do without them
  case " $* " in
  *" bird2 "* | *" iproute2 "* | *" iputils-ping "* | *" tcpdump "* | *" util-linux "* | *" mount "*)
    echo "the lab, the namespace tests and the VM" ;;
  *" frr "* | *" gobgpd "* | *" openbgpd "* | *" exabgp "*)
    echo "interoperability tests and benches with these" ;;
  *" pmacct "*) echo "the test of BMP with pmacct" ;;
  *) echo "the VM (VLAN and IPIP where the kernel has none)" ;;
  esac
}

# Waits for other package managers: apt does so for dpkg's lock by an option, for the lock of its lists it gives up.
apt() {
  deadline=$(($(date +%s) + 600))
  while :; do
    if DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1 LC_ALL=C ${apt_session:-} apt-get -qq -y \
      -o DPkg::Lock::Timeout=600 -o Dpkg::Use-Pty=0 -o Acquire::Retries=3 -o APT::Sandbox::User=root \
      -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold "$@" </dev/null >$cache/apt.log 2>&1 8>&- 9>&-; then
      cat $cache/apt.log >>$log
      return 0
    fi
    cat $cache/apt.log >>$log
    grep -q 'Could not get lock' $cache/apt.log && [ "$(date +%s)" -lt $deadline ] || return 1
    say "waiting for another package manager to finish"
    sleep 3
  done
}

updated=no
apt_update() {
  [ $updated = no ] || return 1
  updated=yes
  say "fetching the lists of Debian packages"
  # A third party's repository that does not answer is no reason to stop: what is needed comes from Debian's.
  apt update || say "apt-get update: $(grep -m1 '^[EW]:' $cache/apt.log || echo failed)"
}

# Packages ask policy-rc.d whether they may start their services (deb-systemd-invoke(1p), invoke-rc.d(8)). An
# answer of 101 forbids it. What was there before comes back, also after a run that was killed.
policy=/usr/sbin/policy-rc.d
policy_saved=$policy.before-causeway
policy_mark='# Placed by the setup of Causeway while it installs packages.'

forbid_services() {
  allow_services
  if [ -e $policy ] || [ -L $policy ]; then mv $policy $policy_saved; fi
  printf '#!/bin/sh\n%s\nexit 101\n' "$policy_mark" >$policy.new
  chmod 755 $policy.new
  mv $policy.new $policy
}

allow_services() {
  if [ -e $policy ] && grep -qF "$policy_mark" $policy; then rm $policy; fi
  if [ -e $policy_saved ] || [ -L $policy_saved ]; then mv $policy_saved $policy; fi
}

installed() { dpkg-query -W -f='${db:Status-Abbrev} ${Package}\n' | sed -n 's/^ii *//p' | sort -u; }

# A service that was not started now would still start with the next boot. deb-systemd-helper(1p) and update-rc.d(8)
# are there whether or not systemd is.
disable_services() { # file with the packages before, file with the packages after
  comm -13 "$1" "$2" | while read -r package; do
    dpkg -L "$package" | sed -n 's|^.*/systemd/system/\([^/@]*\.service\)$|deb-systemd-helper disable \1|p
      s|^/etc/init.d/\([^/]*\)$|update-rc.d \1 disable|p'
  done | while read -r disable; do
    $disable >>$log 2>&1 || :
  done
}

obtainable() { # PACKAGE... -> those that apt has
  for package; do
    if [ -n "$(apt-cache show --no-all-versions "$package" 2>/dev/null)" ]; then printf '%s ' "$package"; fi
  done
}

# The list of packages from before an installation stays until all is cleaned up after it: a run that was killed in
# between is finished by the next one.
before=$cache/packages.before
installing=no

finish_installation() {
  allow_services
  installed >$cache/packages.after
  disable_services $before $cache/packages.after
  rm -f $before $cache/packages.after
  installing=no
}

debian_packages() {
  missing=$(missing_packages)
  [ -n "$missing" ] || [ -e $before ] || return 0
  if [ "$(id -u)" != 0 ]; then
    say "not root: as root, apt-get install ${missing% }; left out: $(left_out $missing)"
    return 0
  fi
  if ! command -v apt-get >/dev/null; then
    say "no apt-get here: install what Debian calls ${missing% }; left out: $(left_out $missing)"
    return 0
  fi
  # policy-rc.d is the machine's, not the clone's: one set-up at a time on the machine.
  exec 8>/run/lock/causeway-setup
  flock 8
  available=$(obtainable $missing)
  if [ "$available" != "$missing" ]; then
    apt_update || :
    available=$(obtainable $missing)
  fi
  [ -z "$available" ] || install_packages $available
  [ ! -e $before ] || finish_installation
  exec 8>&-
  missing=$(missing_packages)
  [ -z "$missing" ] || say "apt cannot install ${missing% } ($(grep -m1 '^E:' $cache/apt.log || echo 'no such package'));" \
    "left out: $(left_out $missing)"
}

install_packages() { # PACKAGE...
  say "installing Debian packages: $*"
  apt install --no-install-recommends --download-only "$@" ||
    { apt_update && apt install --no-install-recommends --download-only "$@"; } || return 0
  [ -e $before ] || installed >$before
  installing=yes
  forbid_services
  # In a session of its own, so that Ctrl-C does not reach dpkg in the middle of a package.
  apt_session='setsid -w'
  apt install --no-install-recommends --no-download "$@" || :
  apt_session=
}

# ---- Kernel of the VM --------------------------------------------------------------------------------------------

vm=$cache/vm
vm_ready() { [ -e $vm/release ] && [ -e $vm/vmlinuz ] && [ -e $vm/busybox ]; }

download() { # DIRECTORY PACKAGE...
  (
    cd "$1"
    shift
    LC_ALL=C apt-get -qq -o Acquire::Retries=3 -o APT::Sandbox::User=root download "$@" </dev/null >>../setup.log 2>&1
  )
}

kernel_package() {
  apt-cache show --no-all-versions linux-image-amd64 2>/dev/null |
    sed -n 's/^Depends: *\(.*, *\)\{0,1\}\(linux-image-[0-9][^ ,]*\).*/\2/p' | head -n 1
}

vm_kernel() {
  vm_ready && return 0
  # The guest runs the programs of the host's own root file system on an x86-64 kernel.
  if [ "$(uname -m)" != x86_64 ]; then
    say "the VM is for x86-64 machines; left out: $(left_out qemu-system-x86)"
    return 0
  fi
  command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null && command -v depmod >/dev/null || {
    say "no apt-get, dpkg-deb or depmod to get a Debian kernel with; left out: $(left_out qemu-system-x86)"
    return 0
  }
  say "fetching Debian's kernel for the VM"
  rm -rf $vm.new
  mkdir -p $vm.new/root
  kernel=$(kernel_package)
  if [ -z "$kernel" ] || ! download $vm.new "$kernel" busybox-static; then
    if [ "$(id -u)" = 0 ]; then apt_update || :; fi
    kernel=$(kernel_package)
    if [ -z "$kernel" ] || ! download $vm.new "$kernel" busybox-static; then
      rm -rf $vm.new
      say "apt cannot download ${kernel:-linux-image-amd64} and busybox-static; left out: $(left_out qemu-system-x86)"
      return 0
    fi
  fi
  for package in $vm.new/*.deb; do
    dpkg-deb --fsys-tarfile "$package" | tar -x -C $vm.new/root --exclude='*/kernel/sound' \
      --exclude='*/kernel/drivers/gpu' --exclude='*/kernel/drivers/media' --exclude='*/share/doc'
    rm "$package"
  done
  # Since Debian 13 the packages have /usr/lib and /usr/bin where they had /lib and /bin.
  release=$(basename $vm.new/root/boot/vmlinuz-*)
  release=${release#vmlinuz-}
  mkdir -p $vm.new/lib
  mv $vm.new/root/boot/vmlinuz-* $vm.new/vmlinuz
  for lib in $vm.new/root/lib/modules $vm.new/root/usr/lib/modules; do [ ! -d $lib ] || mv $lib $vm.new/lib/; done
  for bin in $vm.new/root/bin $vm.new/root/usr/bin; do [ ! -e $bin/busybox ] || mv $bin/busybox $vm.new/; done
  rm -rf $vm.new/root
  depmod -b $vm.new "$release" >>$log 2>&1
  echo "$release" >$vm.new/release
  rm -rf $vm
  mv $vm.new $vm
}

# ---- What is asked for -------------------------------------------------------------------------------------------

ready() {
  npm_ready || return 1
  [ "$purpose" = unit ] || { [ -z "$(missing_packages)" ] && [ ! -e $before ]; } || return 1
  case $purpose in vm | test) vm_ready || return 1 ;; esac
}

if ! ready; then
  trap '[ $installing = no ] || finish_installation' EXIT
  trap 'exit 129' HUP
  trap 'exit 130' INT
  trap 'exit 143' TERM
  # One set-up at a time in a clone; who waited finds everything done.
  exec 9>$cache/setup.lock
  flock 9
  date >$log
  npm_ready || npm_packages
  [ "$purpose" = unit ] || debian_packages
  case $purpose in vm | test) vm_kernel ;; esac
  exec 9>&-
  trap - EXIT HUP INT TERM
fi

[ $# -gt 0 ] || exit 0
PATH=$PWD/node_modules/.bin:$PATH
# What npm started ends with npm, also when npm is killed.
if command -v setpriv >/dev/null; then exec setpriv --pdeathsig TERM "$@"; fi
exec "$@"
