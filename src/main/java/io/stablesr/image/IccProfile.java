package io.stablesr.image;

/** The bytes of an embedded ICC colour profile. */
public final class IccProfile {
  private final byte[] bytes;

  /** Copies {@code bytes}. */
  public IccProfile(byte[] bytes) {
    this.bytes = bytes.clone();
  }

  /** A copy of the profile. */
  public byte[] bytes() {
    return bytes.clone();
  }

  @Override
  public String toString() {
    return "IccProfile[" + bytes.length + " bytes]";
  }
}
