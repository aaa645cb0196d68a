import client.ApiClient;
import client.ApiException;
import client.api.MeApi;
import client.api.NetworksApi;
import client.api.ProjectsApi;
import client.api.RegionsApi;
import client.model.NetworksChange;
import client.model.NetworksNew;
import client.model.ProjectsNew;

/// A short journey by a client generated from the cloud family's document:
/// java Journey SERVER TOKEN
public final class Journey {
    private Journey() {}

    public static void main(String[] args) throws ApiException {
        var client = new ApiClient();
        client.updateBaseUri(args[0]);
        client.setRequestInterceptor(request ->
                request.header("Authorization", "Bearer " + args[1]));
        var organization = new MeApi(client).meMe(null).getData().getOrganization().getId();
        var region = new RegionsApi(client).regionsList(null, 10, null)
                .getData().getFirst().getCode();
        var projects = new ProjectsApi(client);
        var project = projects.projectsCreate(
                new ProjectsNew().name("java").organizationId(organization), "java")
                .getData().getId();
        System.out.println("ok made a project");

        var networks = new NetworksApi(client);
        var made = networks.networksCreate(region, project,
                new NetworksNew().name("inner").cidr("10.30.0.0/16").putLabelsItem("a", "b"),
                null);
        var network = made.getData().getId();
        var changed = networks.networksChange(region, project, network,
                new NetworksChange().displayName("Inner"),
                "\"" + made.getData().getVersion() + "\"", null);
        check(changed.getData().getDisplayName().equals("Inner"), "the name did not change");
        System.out.println("ok made and changed a network");

        try {
            networks.networksCreate(region, project, new NetworksNew().cidr("nowhere"), null);
            throw new AssertionError("a network of nowhere was made");
        } catch (ApiException refused) {
            check(refused.getCode() == 400 && refused.getResponseBody().contains("\"cidr\""),
                    refused.getCode() + " " + refused.getResponseBody());
            System.out.println("ok was refused what is wrong");
        }

        networks.networksDelete(region, project, network, null, null);
        projects.projectsDelete(project, null, null, null);
        System.out.println("ok took all of it away");
    }

    private static void check(boolean good, String what) {
        if (!good) {
            throw new AssertionError(what);
        }
    }
}
