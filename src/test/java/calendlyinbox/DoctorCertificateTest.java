package calendlyinbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import mockwebserver3.MockWebServer;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real certificates of an authority that the process trusts, each with one thing wrong. */
class DoctorCertificateTest {
  private static final String PASSWORD = "changeit";

  @TempDir private Path folder;
  private final HeldCertificate authority =
      new HeldCertificate.Builder().certificateAuthority(0).commonName("Authority").build();

  @BeforeEach
  void serve() throws Exception {
    try (ServerProcess server = ServerProcess.start(folder, Map.of())) {
      Eventually.holds("the database is made", () -> Files.exists(folder.resolve("calendly.db")));
      assertEquals(0, server.terminate());
    }
  }

  @Test
  void one_that_has_expired_is_named() throws Exception {
    Instant now = Instant.now();

    List<String> lines =
        doctor(
            made ->
                made.addSubjectAlternativeName("localhost")
                    .validityInterval(
                        now.minus(Duration.ofDays(90)).toEpochMilli(),
                        now.minus(Duration.ofDays(1)).toEpochMilli()));

    assertNamed("the certificate of localhost has expired", lines);
  }

  @Test
  void one_that_is_not_valid_yet_is_named() throws Exception {
    Instant now = Instant.now();

    List<String> lines =
        doctor(
            made ->
                made.addSubjectAlternativeName("localhost")
                    .validityInterval(
                        now.plus(Duration.ofDays(1)).toEpochMilli(),
                        now.plus(Duration.ofDays(90)).toEpochMilli()));

    assertNamed("the certificate of localhost is not valid yet", lines);
  }

  @Test
  void one_for_another_name_is_named() throws Exception {
    List<String> lines = doctor(made -> made.addSubjectAlternativeName("hooks.example.com"));

    assertNamed("the certificate of localhost is for another name", lines);
  }

  private List<String> doctor(UnaryOperator<HeldCertificate.Builder> certificate) throws Exception {
    HeldCertificate held =
        certificate.apply(new HeldCertificate.Builder().signedBy(authority)).build();
    HandshakeCertificates own =
        new HandshakeCertificates.Builder().heldCertificate(held, authority.certificate()).build();
    try (MockWebServer proxy = new MockWebServer()) {
      proxy.useHttps(own.sslSocketFactory());
      proxy.start();
      ServerProcess doctor =
          ServerProcess.launch(
              folder,
              Map.of(
                  "PUBLIC_URL",
                  "https://localhost:" + proxy.getPort(),
                  "JAVA_TOOL_OPTIONS",
                  "-Djavax.net.ssl.trustStore="
                      + trustStore()
                      + " -Djavax.net.ssl.trustStorePassword="
                      + PASSWORD),
              "doctor");
      assertEquals(1, doctor.exitCode());
      return doctor.log();
    }
  }

  private Path trustStore() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setCertificateEntry("authority", authority.certificate());
    Path file = folder.resolve("trusted.p12");
    try (OutputStream out = Files.newOutputStream(file)) {
      store.store(out, PASSWORD.toCharArray());
    }
    return file;
  }

  private static void assertNamed(String fault, List<String> lines) {
    String last = lines.get(lines.size() - 1);
    assertTrue(last.startsWith("✗ PUBLIC_URL"), String.join("\n", lines));
    assertTrue(last.contains(fault), last);
  }
}
