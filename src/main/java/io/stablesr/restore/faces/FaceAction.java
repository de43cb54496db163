package io.stablesr.restore.faces;

/** What became of a face, and why. */
public enum FaceAction {
  /** It was restored and pasted back. */
  RESTORED("restored"),
  /** Its eyes are too near to one another: there is nothing to restore from. */
  LEFT_TINY("too small"),
  /** A part of it is outside of the picture. */
  LEFT_AT_BORDER("cut by the border of the picture"),
  /** It looks to the side, which restorers were not trained for. */
  LEFT_PROFILE("seen from the side");

  private final String reason;

  FaceAction(String reason) {
    this.reason = reason;
  }

  /** What follows "the face is". */
  public String reason() {
    return reason;
  }
}
