/** Platforms without a version, or whose versions are counted in names (PEP 513, 571, 599). */
const LISTED: ReadonlySet<string> = new Set([
  'any',
  'win32',
  'win_arm64',
  'win_amd64',
  'win_ia64',
  'linux_armv6l',
  'linux_armv7l',
  ...['x86_64', 'i686'].flatMap((arch) => [`manylinux1_${arch}`, `manylinux2010_${arch}`]),
  ...['x86_64', 'i686', 'aarch64', 'armv7l', 'ppc64', 'ppc64le', 's390x'].map(
    (arch) => `manylinux2014_${arch}`,
  ),
]);

const MAC_ARCHITECTURES = 'ppc|ppc64|i386|x86_64|arm64|intel|fat|fat3|fat64|universal|universal2';
const LINUX_ARCHITECTURES = 'x86_64|i686|aarch64|armv7l|ppc64le|s390x|riscv64';

/** Platforms with versions in their names. A plain `linux_x86_64` says too little to be installable elsewhere. */
const VERSIONED: readonly RegExp[] = [
  // macOS 10 counted minor versions; since 11 compatibility is by major version and the minor one is 0.
  new RegExp(`^macosx_(?:10_[0-9]+|(?:11|12|13|14|15|26)_0)_(?:${MAC_ARCHITECTURES})$`),
  // PEP 600, PEP 656.
  new RegExp(`^manylinux_[0-9]+_[0-9]+_(?:${LINUX_ARCHITECTURES}|ppc64)$`),
  new RegExp(`^musllinux_[0-9]+_[0-9]+_(?:${LINUX_ARCHITECTURES})$`),
  // PEP 730, PEP 738, PEP 783.
  /^ios_[0-9]+_[0-9]+_(?:arm64|x86_64)_(?:iphoneos|iphonesimulator)$/,
  /^android_[0-9]+_(?:armeabi_v7a|arm64_v8a|x86|x86_64)$/,
  /^pyemscripten_[0-9]+_[0-9]+_wasm32$/,
];

/** Whether wheels for a platform may be uploaded: the platforms whose ABI a specification pins down. */
export function isUploadablePlatform(tag: string): boolean {
  const lower = tag.toLowerCase();
  return LISTED.has(lower) || VERSIONED.some((pattern) => pattern.test(lower));
}
