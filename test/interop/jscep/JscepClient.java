import java.io.Writer;
import java.math.BigInteger;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.CertStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Date;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.DERPrintableString;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;
import org.jscep.client.Client;
import org.jscep.client.EnrollmentResponse;
import org.jscep.client.verification.CertificateVerifier;
import org.jscep.transaction.OperationFailureException;
import org.jscep.transaction.TransactionId;

/**
 * Arguments: URL, file of the trusted CA certificate, folder for what comes back, challenge, then the operations in
 * order: enroll, renew, getcert, getcrl, poll, nextca, getcert-unknown. Writes OPERATION.pem, enroll.key.pem, renew.key.pem
 * into the folder. Prints a line for each operation; ends with 1 at the first that the server refuses.
 */
public class JscepClient {
  private static final X500Principal SUBJECT = new X500Principal("CN=dev-1,O=Contoso");
  private static final String DNS_NAME = "dev-1.example.com";

  private final Client client;
  private final X509Certificate ca;
  private final Path folder;
  private final String challenge;
  private KeyPair keys;
  private X509Certificate certificate;
  private TransactionId transaction;

  private JscepClient(String url, Path caFile, Path folder, String challenge) throws Exception {
    this.ca = readCertificate(caFile);
    this.client = new Client(URI.create(url).toURL(), (CertificateVerifier) ca::equals);
    this.folder = folder;
    this.challenge = challenge;
  }

  public static void main(String[] arguments) throws Exception {
    JscepClient device =
        new JscepClient(arguments[0], Path.of(arguments[1]), Path.of(arguments[2]), arguments[3]);
    for (int index = 4; index < arguments.length; index++) {
      try {
        device.perform(arguments[index]);
        System.out.println(arguments[index] + ": SUCCESS");
      } catch (OperationFailureException refused) {
        System.out.println(arguments[index] + ": FAILURE " + refused.getFailInfo());
        System.exit(1);
      }
    }
  }

  private void perform(String operation) throws Exception {
    switch (operation) {
      case "enroll" -> {
        KeyPair fresh = generateKeys();
        enroll(operation, selfSign(fresh), fresh, fresh, challenge);
      }
      case "renew" -> enroll(operation, certificate, keys, generateKeys(), null);
      case "getcert" -> write(operation, first(getCertificate(certificate.getSerialNumber())));
      case "getcert-unknown" -> getCertificate(BigInteger.valueOf(4711));
      case "getcrl" ->
          write(
              operation,
              client.getRevocationList(
                  certificate, keys.getPrivate(), ca.getSubjectX500Principal(), certificate.getSerialNumber()));
      // It checks the signature, and hands out what lies beside it: the signers, not the content.
      case "nextca" -> client.getRolloverCertificate();
      case "poll" ->
          write(operation, issued(client.poll(selfSign(keys), keys.getPrivate(), SUBJECT, transaction)));
      default -> throw new IllegalArgumentException(operation);
    }
  }

  private void enroll(String operation, X509Certificate signer, KeyPair signerKeys, KeyPair fresh, String secret)
      throws Exception {
    EnrollmentResponse response = client.enrol(signer, signerKeys.getPrivate(), createRequest(fresh, secret));
    certificate = issued(response);
    transaction = response.getTransactionId();
    keys = fresh;
    write(operation, certificate);
    write(operation + ".key", keys.getPrivate());
  }

  private CertStore getCertificate(BigInteger serialNumber) throws Exception {
    return client.getCertificate(certificate, keys.getPrivate(), serialNumber);
  }

  private static X509Certificate issued(EnrollmentResponse response) throws Exception {
    if (response.isFailure()) throw new OperationFailureException(response.getFailInfo());
    if (response.isPending()) throw new IllegalStateException("pending");
    return first(response.getCertStore());
  }

  private static X509Certificate first(CertStore store) throws Exception {
    return (X509Certificate) store.getCertificates(null).iterator().next();
  }

  private static PKCS10CertificationRequest createRequest(KeyPair keys, String secret) throws Exception {
    ExtensionsGenerator extensions = new ExtensionsGenerator();
    GeneralName name = new GeneralName(GeneralName.dNSName, DNS_NAME);
    extensions.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(name));
    var builder = new JcaPKCS10CertificationRequestBuilder(SUBJECT, keys.getPublic());
    builder.addAttribute(PKCSObjectIdentifiers.pkcs_9_at_extensionRequest, extensions.generate());
    if (secret != null) {
      builder.addAttribute(PKCSObjectIdentifiers.pkcs_9_at_challengePassword, new DERPrintableString(secret));
    }
    return builder.build(signer(keys));
  }

  private static X509Certificate selfSign(KeyPair keys) throws Exception {
    long now = System.currentTimeMillis();
    var builder =
        new JcaX509v3CertificateBuilder(
            SUBJECT,
            BigInteger.ONE,
            new Date(now - 60_000),
            new Date(now + 3_600_000),
            SUBJECT,
            keys.getPublic());
    return new JcaX509CertificateConverter().getCertificate(builder.build(signer(keys)));
  }

  private static ContentSigner signer(KeyPair keys) throws Exception {
    return new JcaContentSignerBuilder("SHA256withRSA").build(keys.getPrivate());
  }

  private static KeyPair generateKeys() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    return generator.generateKeyPair();
  }

  private static X509Certificate readCertificate(Path file) throws Exception {
    try (var stream = Files.newInputStream(file)) {
      return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(stream);
    }
  }

  private void write(String name, Object value) throws Exception {
    try (Writer file = Files.newBufferedWriter(folder.resolve(name + ".pem"));
        JcaPEMWriter pem = new JcaPEMWriter(file)) {
      pem.writeObject(value);
    }
  }
}
