package io.stablesr.restore.faces;

/** What became of a face, and why. */
public enum FaceAction {
  /** It was restored and pasted back. */
  RESTORED("was restored"),
  /** Its eyes are too near to one another: there is nothing to restore from. */
  LEFT_TINY("is too small"),
  /** A part of it is outside of the picture. */
  LEFT_AT_BORDER("is cut by the border of the picture"),
  /** It looks to the side, which restorers were not trained for. */
  LEFT_PROFILE("is seen from the side");

  private final String reason;

  FaceAction(String reason) {
    this.reason = reason;
  }

  /** The rest of a sentence about the face. */
  public String reason() {
    return reason;
  }
}
