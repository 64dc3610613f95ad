import { describe, expect, it } from 'vitest';
import { isUploadablePlatform } from './platform-tag.ts';

describe('a platform tag', () => {
  it.each([
    'any',
    'win32',
    'WIN_AMD64',
    'win_arm64',
    'win_ia64',
    'manylinux1_i686',
    'manylinux2010_x86_64',
    'manylinux2014_s390x',
    'manylinux2014_ppc64',
    'manylinux_2_17_x86_64',
    'manylinux_2_39_riscv64',
    'manylinux_2_17_ppc64',
    'musllinux_1_2_aarch64',
    'linux_armv7l',
    'macosx_10_9_universal2',
    'macosx_11_0_arm64',
    'macosx_26_0_x86_64',
    'ios_13_0_arm64_iphoneos',
    'ios_13_0_x86_64_iphonesimulator',
    'android_21_arm64_v8a',
    'pyemscripten_2025_0_wasm32',
  ])('%s may be uploaded', (tag) => {
    expect(isUploadablePlatform(tag)).toBe(true);
  });

  it.each([
    'linux_x86_64',
    'linux_aarch64',
    'manylinux1_aarch64',
    'manylinux2010_s390x',
    'manylinux_2_17_mips',
    'manylinux_2_x86_64',
    'musllinux_1_2_ppc64',
    'macosx_11_1_arm64',
    'macosx_9_0_ppc',
    'macosx_16_0_arm64',
    'macosx_11_0_sparc',
    'ios_13_0_arm64',
    'android_21_mips',
    'emscripten_3_1_58_wasm32',
    'pyemscripten_2025_0_wasm32_more',
    'freebsd_13_amd64',
    'win64',
    '',
  ])('%s may not', (tag) => {
    expect(isUploadablePlatform(tag)).toBe(false);
  });
});
