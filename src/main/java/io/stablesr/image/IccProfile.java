package io.stablesr.image;

import java.awt.color.ColorSpace;
import java.awt.color.ICC_Profile;
import java.util.Arrays;

/** The bytes of an embedded ICC colour profile. */
public final class IccProfile {
  private final byte[] bytes;

  /** Copies {@code bytes}. */
  public IccProfile(byte[] bytes) {
    this.bytes = bytes.clone();
  }

  /** The Java runtime's profile of sRGB. */
  static IccProfile srgb() {
    return new IccProfile(ICC_Profile.getInstance(ColorSpace.CS_sRGB).getData());
  }

  /** A copy of the profile. */
  public byte[] bytes() {
    return bytes.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof IccProfile profile && Arrays.equals(bytes, profile.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return "IccProfile[" + bytes.length + " bytes]";
  }
}
