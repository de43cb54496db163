package io.stablesr.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class StoreFaultsTest {
  @Test
  void statusCodesDecideWhateverTheException() {
    assertThat(StoreFaults.mayPass(new IOException("x (Service: S3, Status Code: 503, Request)")))
        .isTrue();
    assertThat(StoreFaults.mayPass(new IOException("wrapped", new IOException("Status Code: 500"))))
        .isTrue();
    assertThat(StoreFaults.mayPass(new IOException("Status Code: 429"))).isTrue();
    assertThat(StoreFaults.mayPass(new IOException("Status Code: 403"))).isFalse();
    assertThat(StoreFaults.mayPass(new SocketException("Status Code: 404"))).isFalse();
  }

  @Test
  void brokenConnectionsMayPassAndAnswersMayNot() {
    assertThat(StoreFaults.mayPass(new SocketException("Connection reset"))).isTrue();
    assertThat(StoreFaults.mayPass(new SocketTimeoutException("Read timed out"))).isTrue();
    assertThat(StoreFaults.mayPass(new EOFException("gave 3 of 9 bytes"))).isTrue();
    assertThat(StoreFaults.mayPass(new FileNotFoundException("a"))).isFalse();
    assertThat(StoreFaults.mayPass(new IOException("No space left on device"))).isFalse();
    FileNotFoundException missing = new FileNotFoundException("b");
    missing.initCause(new SocketException("closed"));
    assertThat(StoreFaults.mayPass(missing)).isFalse();
  }

  @Test
  void onlyWhatMayPassIsTriedAgainAndNotForEver() throws IOException {
    StoreRetry retry = new StoreRetry(3, 1);
    AtomicInteger attempts = new AtomicInteger();

    String value =
        retry.run(
            () -> {
              if (attempts.incrementAndGet() < 3) {
                throw new SocketException("Connection reset");
              }
              return "third";
            });

    assertThat(value).isEqualTo("third");
    assertThatThrownBy(() -> retry.run(() -> fail(attempts, new SocketException("down"))))
        .hasMessage("down");
    assertThat(attempts).hasValue(6);
    assertThatThrownBy(() -> retry.run(() -> fail(attempts, new FileNotFoundException("gone"))))
        .hasMessage("gone");
    assertThat(attempts).hasValue(7);
  }

  private static String fail(AtomicInteger attempts, IOException fault) throws IOException {
    attempts.incrementAndGet();
    throw fault;
  }
}
