package io.stablesr.spark;

import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.InterruptedIOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.file.AccessDeniedException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.PathIOException;
import org.apache.hadoop.security.AccessControlException;

/**
 * Tells a fault of the store, which may pass, from an answer of the store, which stays. By status
 * code where there is one: the S3 client wraps the same code in different exceptions depending on
 * which of its readers met it.
 */
final class StoreFaults {
  private static final Pattern STATUS = Pattern.compile("[Ss]tatus [Cc]ode:? ?(\\d{3})");

  private StoreFaults() {}

  /** Whether another attempt may succeed. */
  static boolean mayPass(Throwable fault) {
    Boolean network = null;
    for (Throwable at = fault; at != null; at = at.getCause()) {
      Integer status = status(at);
      if (status != null) {
        // 409: another conditional request for the same object was under way.
        return status >= 500 || status == 429 || status == 408 || status == 409;
      }
      if (isAnswer(at)) {
        return false;
      }
      if (network == null && isNetwork(at)) {
        network = true;
      }
    }
    return network != null;
  }

  /** Whether a file was not written because there is something at its place. */
  static boolean isOccupied(Throwable fault) {
    for (Throwable at = fault; at != null; at = at.getCause()) {
      Integer status = status(at);
      if (at instanceof FileAlreadyExistsException || (status != null && status == 412)) {
        return true;
      }
    }
    return false;
  }

  private static Integer status(Throwable fault) {
    String message = fault.getMessage();
    if (message == null) {
      return null;
    }
    Matcher status = STATUS.matcher(message);
    return status.find() ? Integer.valueOf(status.group(1)) : null;
  }

  private static boolean isAnswer(Throwable fault) {
    return fault instanceof FileNotFoundException
        || fault instanceof FileAlreadyExistsException
        || fault instanceof AccessDeniedException
        || fault instanceof AccessControlException
        || fault.getClass().getSimpleName().equals("UnknownStoreException");
  }

  private static boolean isNetwork(Throwable fault) {
    if (fault instanceof SocketTimeoutException) {
      return true;
    }
    if (fault instanceof InterruptedIOException) {
      // Also what a cancelled task sees; then nobody waits for another attempt.
      return !Thread.currentThread().isInterrupted();
    }
    String name = fault.getClass().getName();
    return fault instanceof SocketException
        || fault instanceof UnknownHostException
        || fault instanceof EOFException
        || name.startsWith("software.amazon.awssdk.core.exception.")
        || name.startsWith("org.apache.http.")
        || name.startsWith("org.apache.hadoop.fs.s3a.AWS")
        || name.startsWith("org.apache.hadoop.ipc.RetriableException")
        || (fault instanceof PathIOException && name.contains("s3a"));
  }
}
