package dev.modeldex.v1;

import static io.grpc.MethodDescriptor.generateFullMethodName;

/**
 * <pre>
 * SubscriberService streams the changes of the catalogue, and takes updates that callers publish.
 * A stream follows the log of revisions. It promises, on every replica:
 * - ordered: revisions on a stream only grow;
 * - unique: no event comes twice on a stream, nor again after a resume by token;
 * - atomic: the events of a revision come in one message;
 * - reliable: no event that matches is missing between two that came;
 * - resumable: a token continues where its message ended, on any replica, as long as the log keeps that place;
 * - bookmarked: after a bookmark at a revision nothing up to that revision comes any more;
 * - never silent: where the log does not keep a place any more the stream ends with OUT_OF_RANGE (REVISION_COMPACTED);
 * - converging: a snapshot with the events after it applied is the catalogue at the revision of the last bookmark;
 * - alone: a subscriber that reads slowly, or not at all, changes nothing for others and is not ended for it.
 * Not promised: how long a change takes to arrive, and that two streams get the same batches.
 * A watch can fail with UNAUTHENTICATED, PERMISSION_DENIED, INVALID_ARGUMENT (INVALID_REQUEST, MALFORMED_REQUEST,
 * INVALID_RESUME_TOKEN), OUT_OF_RANGE (REVISION_COMPACTED, FUTURE_REVISION), ABORTED (HISTORY_REWOUND, ACCESS_CHANGED),
 * RESOURCE_EXHAUSTED (TOO_MANY_STREAMS, RATE_LIMITED) and UNAVAILABLE (NOT_READY, DRAINING, STORE_UNAVAILABLE). It lives
 * until its caller or its deadline ends it. A stream that is about to be ended by the server says so with going_away and
 * a token, and ends with OK. A watch of a subscription can fail with NOT_FOUND (SUBSCRIPTION_NOT_FOUND),
 * FAILED_PRECONDITION (SUBSCRIPTION_EXPIRED) and ABORTED (SUBSCRIPTION_SUPERSEDED, SUBSCRIPTION_CHANGED, REDELIVERY), too.
 * A subscription outlives streams, clients and replicas: its place, its pause and its statistics hold on whichever
 * replica it is watched. It has one stream at a time: a new one ends the one before. With EXPLICIT acknowledgement every
 * update comes until it is acknowledged or a dead letter. A pause acknowledged at revision P means that nothing after P
 * is sent until it is resumed. Every method that names a subscription can fail with NOT_FOUND (SUBSCRIPTION_NOT_FOUND),
 * and every one that changes it with ABORTED (VERSION_MISMATCH), ALREADY_EXISTS (REQUEST_ID_REUSED) and UNAVAILABLE
 * (STORE_UNAVAILABLE, COMMIT_UNKNOWN, WRITE_CONTENTION). A change of a subscription takes a revision.
 * </pre>
 */
@io.grpc.stub.annotations.GrpcGenerated
public final class SubscriberServiceGrpc {

  private SubscriberServiceGrpc() {}

  public static final java.lang.String SERVICE_NAME = "modeldex.v1.SubscriberService";

  // Static method descriptors that strictly reflect the proto.
  private static volatile io.grpc.MethodDescriptor<dev.modeldex.v1.WatchRequest,
      dev.modeldex.v1.WatchResponse> getWatchMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "Watch",
      requestType = dev.modeldex.v1.WatchRequest.class,
      responseType = dev.modeldex.v1.WatchResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
  public static io.grpc.MethodDescriptor<dev.modeldex.v1.WatchRequest,
      dev.modeldex.v1.WatchResponse> getWatchMethod() {
    io.grpc.MethodDescriptor<dev.modeldex.v1.WatchRequest, dev.modeldex.v1.WatchResponse> getWatchMethod;
    if ((getWatchMethod = SubscriberServiceGrpc.getWatchMethod) == null) {
      synchronized (SubscriberServiceGrpc.class) {
        if ((getWatchMethod = SubscriberServiceGrpc.getWatchMethod) == null) {
          SubscriberServiceGrpc.getWatchMethod = getWatchMethod =
              io.grpc.MethodDescriptor.<dev.modeldex.v1.WatchRequest, dev.modeldex.v1.WatchResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "Watch"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.WatchRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.WatchResponse.getDefaultInstance()))
              .setSchemaDescriptor(new SubscriberServiceMethodDescriptorSupplier("Watch"))
              .build();
        }
      }
    }
    return getWatchMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.modeldex.v1.WatchModelUpdatesRequest,
      dev.modeldex.v1.WatchModelUpdatesResponse> getWatchModelUpdatesMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "WatchModelUpdates",
      requestType = dev.modeldex.v1.WatchModelUpdatesRequest.class,
      responseType = dev.modeldex.v1.WatchModelUpdatesResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
  public static io.grpc.MethodDescriptor<dev.modeldex.v1.WatchModelUpdatesRequest,
      dev.modeldex.v1.WatchModelUpdatesResponse> getWatchModelUpdatesMethod() {
    io.grpc.MethodDescriptor<dev.modeldex.v1.WatchModelUpdatesRequest, dev.modeldex.v1.WatchModelUpdatesResponse> getWatchModelUpdatesMethod;
    if ((getWatchModelUpdatesMethod = SubscriberServiceGrpc.getWatchModelUpdatesMethod) == null) {
      synchronized (SubscriberServiceGrpc.class) {
        if ((getWatchModelUpdatesMethod = SubscriberServiceGrpc.getWatchModelUpdatesMethod) == null) {
          SubscriberServiceGrpc.getWatchModelUpdatesMethod = getWatchModelUpdatesMethod =
              io.grpc.MethodDescriptor.<dev.modeldex.v1.WatchModelUpdatesRequest, dev.modeldex.v1.WatchModelUpdatesResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "WatchModelUpdates"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.WatchModelUpdatesRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.WatchModelUpdatesResponse.getDefaultInstance()))
              .setSchemaDescriptor(new SubscriberServiceMethodDescriptorSupplier("WatchModelUpdates"))
              .build();
        }
      }
    }
    return getWatchModelUpdatesMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.modeldex.v1.WatchProviderUpdatesRequest,
      dev.modeldex.v1.WatchProviderUpdatesResponse> getWatchProviderUpdatesMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "WatchProviderUpdates",
      requestType = dev.modeldex.v1.WatchProviderUpdatesRequest.class,
      responseType = dev.modeldex.v1.WatchProviderUpdatesResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
  public static io.grpc.MethodDescriptor<dev.modeldex.v1.WatchProviderUpdatesRequest,
      dev.modeldex.v1.WatchProviderUpdatesResponse> getWatchProviderUpdatesMethod() {
    io.grpc.MethodDescriptor<dev.modeldex.v1.WatchProviderUpdatesRequest, dev.modeldex.v1.WatchProviderUpdatesResponse> getWatchProviderUpdatesMethod;
    if ((getWatchProviderUpdatesMethod = SubscriberServiceGrpc.getWatchProviderUpdatesMethod) == null) {
      synchronized (SubscriberServiceGrpc.class) {
        if ((getWatchProviderUpdatesMethod = SubscriberServiceGrpc.getWatchProviderUpdatesMethod) == null) {
          SubscriberServiceGrpc.getWatchProviderUpdatesMethod = getWatchProviderUpdatesMethod =
              io.grpc.MethodDescriptor.<dev.modeldex.v1.WatchProviderUpdatesRequest, dev.modeldex.v1.WatchProviderUpdatesResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "WatchProviderUpdates"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.WatchProviderUpdatesRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.WatchProviderUpdatesResponse.getDefaultInstance()))
              .setSchemaDescriptor(new SubscriberServiceMethodDescriptorSupplier("WatchProviderUpdates"))
              .build();
        }
      }
    }
    return getWatchProviderUpdatesMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.modeldex.v1.WatchCapabilityUpdatesRequest,
      dev.modeldex.v1.WatchCapabilityUpdatesResponse> getWatchCapabilityUpdatesMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "WatchCapabilityUpdates",
      requestType = dev.modeldex.v1.WatchCapabilityUpdatesRequest.class,
      responseType = dev.modeldex.v1.WatchCapabilityUpdatesResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
  public static io.grpc.MethodDescriptor<dev.modeldex.v1.WatchCapabilityUpdatesRequest,
      dev.modeldex.v1.WatchCapabilityUpdatesResponse> getWatchCapabilityUpdatesMethod() {
    io.grpc.MethodDescriptor<dev.modeldex.v1.WatchCapabilityUpdatesRequest, dev.modeldex.v1.WatchCapabilityUpdatesResponse> getWatchCapabilityUpdatesMethod;
    if ((getWatchCapabilityUpdatesMethod = SubscriberServiceGrpc.getWatchCapabilityUpdatesMethod) == null) {
      synchronized (SubscriberServiceGrpc.class) {
        if ((getWatchCapabilityUpdatesMethod = SubscriberServiceGrpc.getWatchCapabilityUpdatesMethod) == null) {
          SubscriberServiceGrpc.getWatchCapabilityUpdatesMethod = getWatchCapabilityUpdatesMethod =
              io.grpc.MethodDescriptor.<dev.modeldex.v1.WatchCapabilityUpdatesRequest, dev.modeldex.v1.WatchCapabilityUpdatesResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "WatchCapabilityUpdates"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.WatchCapabilityUpdatesRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.WatchCapabilityUpdatesResponse.getDefaultInstance()))
              .setSchemaDescriptor(new SubscriberServiceMethodDescriptorSupplier("WatchCapabilityUpdates"))
              .build();
        }
      }
    }
    return getWatchCapabilityUpdatesMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.modeldex.v1.PublishUpdatesRequest,
      dev.modeldex.v1.PublishUpdatesResponse> getPublishUpdatesMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "PublishUpdates",
      requestType = dev.modeldex.v1.PublishUpdatesRequest.class,
      responseType = dev.modeldex.v1.PublishUpdatesResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.modeldex.v1.PublishUpdatesRequest,
      dev.modeldex.v1.PublishUpdatesResponse> getPublishUpdatesMethod() {
    io.grpc.MethodDescriptor<dev.modeldex.v1.PublishUpdatesRequest, dev.modeldex.v1.PublishUpdatesResponse> getPublishUpdatesMethod;
    if ((getPublishUpdatesMethod = SubscriberServiceGrpc.getPublishUpdatesMethod) == null) {
      synchronized (SubscriberServiceGrpc.class) {
        if ((getPublishUpdatesMethod = SubscriberServiceGrpc.getPublishUpdatesMethod) == null) {
          SubscriberServiceGrpc.getPublishUpdatesMethod = getPublishUpdatesMethod =
              io.grpc.MethodDescriptor.<dev.modeldex.v1.PublishUpdatesRequest, dev.modeldex.v1.PublishUpdatesResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "PublishUpdates"))
              .setIdempotent(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.PublishUpdatesRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.PublishUpdatesResponse.getDefaultInstance()))
              .setSchemaDescriptor(new SubscriberServiceMethodDescriptorSupplier("PublishUpdates"))
              .build();
        }
      }
    }
    return getPublishUpdatesMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.modeldex.v1.CreateSubscriptionRequest,
      dev.modeldex.v1.CreateSubscriptionResponse> getCreateSubscriptionMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "CreateSubscription",
      requestType = dev.modeldex.v1.CreateSubscriptionRequest.class,
      responseType = dev.modeldex.v1.CreateSubscriptionResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.modeldex.v1.CreateSubscriptionRequest,
      dev.modeldex.v1.CreateSubscriptionResponse> getCreateSubscriptionMethod() {
    io.grpc.MethodDescriptor<dev.modeldex.v1.CreateSubscriptionRequest, dev.modeldex.v1.CreateSubscriptionResponse> getCreateSubscriptionMethod;
    if ((getCreateSubscriptionMethod = SubscriberServiceGrpc.getCreateSubscriptionMethod) == null) {
      synchronized (SubscriberServiceGrpc.class) {
        if ((getCreateSubscriptionMethod = SubscriberServiceGrpc.getCreateSubscriptionMethod) == null) {
          SubscriberServiceGrpc.getCreateSubscriptionMethod = getCreateSubscriptionMethod =
              io.grpc.MethodDescriptor.<dev.modeldex.v1.CreateSubscriptionRequest, dev.modeldex.v1.CreateSubscriptionResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "CreateSubscription"))
              .setIdempotent(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.CreateSubscriptionRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.CreateSubscriptionResponse.getDefaultInstance()))
              .setSchemaDescriptor(new SubscriberServiceMethodDescriptorSupplier("CreateSubscription"))
              .build();
        }
      }
    }
    return getCreateSubscriptionMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.modeldex.v1.GetSubscriptionRequest,
      dev.modeldex.v1.GetSubscriptionResponse> getGetSubscriptionMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "GetSubscription",
      requestType = dev.modeldex.v1.GetSubscriptionRequest.class,
      responseType = dev.modeldex.v1.GetSubscriptionResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.modeldex.v1.GetSubscriptionRequest,
      dev.modeldex.v1.GetSubscriptionResponse> getGetSubscriptionMethod() {
    io.grpc.MethodDescriptor<dev.modeldex.v1.GetSubscriptionRequest, dev.modeldex.v1.GetSubscriptionResponse> getGetSubscriptionMethod;
    if ((getGetSubscriptionMethod = SubscriberServiceGrpc.getGetSubscriptionMethod) == null) {
      synchronized (SubscriberServiceGrpc.class) {
        if ((getGetSubscriptionMethod = SubscriberServiceGrpc.getGetSubscriptionMethod) == null) {
          SubscriberServiceGrpc.getGetSubscriptionMethod = getGetSubscriptionMethod =
              io.grpc.MethodDescriptor.<dev.modeldex.v1.GetSubscriptionRequest, dev.modeldex.v1.GetSubscriptionResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "GetSubscription"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.GetSubscriptionRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.GetSubscriptionResponse.getDefaultInstance()))
              .setSchemaDescriptor(new SubscriberServiceMethodDescriptorSupplier("GetSubscription"))
              .build();
        }
      }
    }
    return getGetSubscriptionMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.modeldex.v1.ListSubscriptionsRequest,
      dev.modeldex.v1.ListSubscriptionsResponse> getListSubscriptionsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListSubscriptions",
      requestType = dev.modeldex.v1.ListSubscriptionsRequest.class,
      responseType = dev.modeldex.v1.ListSubscriptionsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.modeldex.v1.ListSubscriptionsRequest,
      dev.modeldex.v1.ListSubscriptionsResponse> getListSubscriptionsMethod() {
    io.grpc.MethodDescriptor<dev.modeldex.v1.ListSubscriptionsRequest, dev.modeldex.v1.ListSubscriptionsResponse> getListSubscriptionsMethod;
    if ((getListSubscriptionsMethod = SubscriberServiceGrpc.getListSubscriptionsMethod) == null) {
      synchronized (SubscriberServiceGrpc.class) {
        if ((getListSubscriptionsMethod = SubscriberServiceGrpc.getListSubscriptionsMethod) == null) {
          SubscriberServiceGrpc.getListSubscriptionsMethod = getListSubscriptionsMethod =
              io.grpc.MethodDescriptor.<dev.modeldex.v1.ListSubscriptionsRequest, dev.modeldex.v1.ListSubscriptionsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListSubscriptions"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.ListSubscriptionsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.ListSubscriptionsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new SubscriberServiceMethodDescriptorSupplier("ListSubscriptions"))
              .build();
        }
      }
    }
    return getListSubscriptionsMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.modeldex.v1.UpdateSubscriptionRequest,
      dev.modeldex.v1.UpdateSubscriptionResponse> getUpdateSubscriptionMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "UpdateSubscription",
      requestType = dev.modeldex.v1.UpdateSubscriptionRequest.class,
      responseType = dev.modeldex.v1.UpdateSubscriptionResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.modeldex.v1.UpdateSubscriptionRequest,
      dev.modeldex.v1.UpdateSubscriptionResponse> getUpdateSubscriptionMethod() {
    io.grpc.MethodDescriptor<dev.modeldex.v1.UpdateSubscriptionRequest, dev.modeldex.v1.UpdateSubscriptionResponse> getUpdateSubscriptionMethod;
    if ((getUpdateSubscriptionMethod = SubscriberServiceGrpc.getUpdateSubscriptionMethod) == null) {
      synchronized (SubscriberServiceGrpc.class) {
        if ((getUpdateSubscriptionMethod = SubscriberServiceGrpc.getUpdateSubscriptionMethod) == null) {
          SubscriberServiceGrpc.getUpdateSubscriptionMethod = getUpdateSubscriptionMethod =
              io.grpc.MethodDescriptor.<dev.modeldex.v1.UpdateSubscriptionRequest, dev.modeldex.v1.UpdateSubscriptionResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "UpdateSubscription"))
              .setIdempotent(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.UpdateSubscriptionRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.UpdateSubscriptionResponse.getDefaultInstance()))
              .setSchemaDescriptor(new SubscriberServiceMethodDescriptorSupplier("UpdateSubscription"))
              .build();
        }
      }
    }
    return getUpdateSubscriptionMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.modeldex.v1.DeleteSubscriptionRequest,
      dev.modeldex.v1.DeleteSubscriptionResponse> getDeleteSubscriptionMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "DeleteSubscription",
      requestType = dev.modeldex.v1.DeleteSubscriptionRequest.class,
      responseType = dev.modeldex.v1.DeleteSubscriptionResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.modeldex.v1.DeleteSubscriptionRequest,
      dev.modeldex.v1.DeleteSubscriptionResponse> getDeleteSubscriptionMethod() {
    io.grpc.MethodDescriptor<dev.modeldex.v1.DeleteSubscriptionRequest, dev.modeldex.v1.DeleteSubscriptionResponse> getDeleteSubscriptionMethod;
    if ((getDeleteSubscriptionMethod = SubscriberServiceGrpc.getDeleteSubscriptionMethod) == null) {
      synchronized (SubscriberServiceGrpc.class) {
        if ((getDeleteSubscriptionMethod = SubscriberServiceGrpc.getDeleteSubscriptionMethod) == null) {
          SubscriberServiceGrpc.getDeleteSubscriptionMethod = getDeleteSubscriptionMethod =
              io.grpc.MethodDescriptor.<dev.modeldex.v1.DeleteSubscriptionRequest, dev.modeldex.v1.DeleteSubscriptionResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "DeleteSubscription"))
              .setIdempotent(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.DeleteSubscriptionRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.DeleteSubscriptionResponse.getDefaultInstance()))
              .setSchemaDescriptor(new SubscriberServiceMethodDescriptorSupplier("DeleteSubscription"))
              .build();
        }
      }
    }
    return getDeleteSubscriptionMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.modeldex.v1.DeleteClientSubscriptionsRequest,
      dev.modeldex.v1.DeleteClientSubscriptionsResponse> getDeleteClientSubscriptionsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "DeleteClientSubscriptions",
      requestType = dev.modeldex.v1.DeleteClientSubscriptionsRequest.class,
      responseType = dev.modeldex.v1.DeleteClientSubscriptionsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.modeldex.v1.DeleteClientSubscriptionsRequest,
      dev.modeldex.v1.DeleteClientSubscriptionsResponse> getDeleteClientSubscriptionsMethod() {
    io.grpc.MethodDescriptor<dev.modeldex.v1.DeleteClientSubscriptionsRequest, dev.modeldex.v1.DeleteClientSubscriptionsResponse> getDeleteClientSubscriptionsMethod;
    if ((getDeleteClientSubscriptionsMethod = SubscriberServiceGrpc.getDeleteClientSubscriptionsMethod) == null) {
      synchronized (SubscriberServiceGrpc.class) {
        if ((getDeleteClientSubscriptionsMethod = SubscriberServiceGrpc.getDeleteClientSubscriptionsMethod) == null) {
          SubscriberServiceGrpc.getDeleteClientSubscriptionsMethod = getDeleteClientSubscriptionsMethod =
              io.grpc.MethodDescriptor.<dev.modeldex.v1.DeleteClientSubscriptionsRequest, dev.modeldex.v1.DeleteClientSubscriptionsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "DeleteClientSubscriptions"))
              .setIdempotent(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.DeleteClientSubscriptionsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.DeleteClientSubscriptionsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new SubscriberServiceMethodDescriptorSupplier("DeleteClientSubscriptions"))
              .build();
        }
      }
    }
    return getDeleteClientSubscriptionsMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.modeldex.v1.PauseSubscriptionRequest,
      dev.modeldex.v1.PauseSubscriptionResponse> getPauseSubscriptionMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "PauseSubscription",
      requestType = dev.modeldex.v1.PauseSubscriptionRequest.class,
      responseType = dev.modeldex.v1.PauseSubscriptionResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.modeldex.v1.PauseSubscriptionRequest,
      dev.modeldex.v1.PauseSubscriptionResponse> getPauseSubscriptionMethod() {
    io.grpc.MethodDescriptor<dev.modeldex.v1.PauseSubscriptionRequest, dev.modeldex.v1.PauseSubscriptionResponse> getPauseSubscriptionMethod;
    if ((getPauseSubscriptionMethod = SubscriberServiceGrpc.getPauseSubscriptionMethod) == null) {
      synchronized (SubscriberServiceGrpc.class) {
        if ((getPauseSubscriptionMethod = SubscriberServiceGrpc.getPauseSubscriptionMethod) == null) {
          SubscriberServiceGrpc.getPauseSubscriptionMethod = getPauseSubscriptionMethod =
              io.grpc.MethodDescriptor.<dev.modeldex.v1.PauseSubscriptionRequest, dev.modeldex.v1.PauseSubscriptionResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "PauseSubscription"))
              .setIdempotent(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.PauseSubscriptionRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.PauseSubscriptionResponse.getDefaultInstance()))
              .setSchemaDescriptor(new SubscriberServiceMethodDescriptorSupplier("PauseSubscription"))
              .build();
        }
      }
    }
    return getPauseSubscriptionMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.modeldex.v1.ResumeSubscriptionRequest,
      dev.modeldex.v1.ResumeSubscriptionResponse> getResumeSubscriptionMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ResumeSubscription",
      requestType = dev.modeldex.v1.ResumeSubscriptionRequest.class,
      responseType = dev.modeldex.v1.ResumeSubscriptionResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.modeldex.v1.ResumeSubscriptionRequest,
      dev.modeldex.v1.ResumeSubscriptionResponse> getResumeSubscriptionMethod() {
    io.grpc.MethodDescriptor<dev.modeldex.v1.ResumeSubscriptionRequest, dev.modeldex.v1.ResumeSubscriptionResponse> getResumeSubscriptionMethod;
    if ((getResumeSubscriptionMethod = SubscriberServiceGrpc.getResumeSubscriptionMethod) == null) {
      synchronized (SubscriberServiceGrpc.class) {
        if ((getResumeSubscriptionMethod = SubscriberServiceGrpc.getResumeSubscriptionMethod) == null) {
          SubscriberServiceGrpc.getResumeSubscriptionMethod = getResumeSubscriptionMethod =
              io.grpc.MethodDescriptor.<dev.modeldex.v1.ResumeSubscriptionRequest, dev.modeldex.v1.ResumeSubscriptionResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ResumeSubscription"))
              .setIdempotent(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.ResumeSubscriptionRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.ResumeSubscriptionResponse.getDefaultInstance()))
              .setSchemaDescriptor(new SubscriberServiceMethodDescriptorSupplier("ResumeSubscription"))
              .build();
        }
      }
    }
    return getResumeSubscriptionMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.modeldex.v1.AddSubscriptionFilterRequest,
      dev.modeldex.v1.AddSubscriptionFilterResponse> getAddSubscriptionFilterMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "AddSubscriptionFilter",
      requestType = dev.modeldex.v1.AddSubscriptionFilterRequest.class,
      responseType = dev.modeldex.v1.AddSubscriptionFilterResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.modeldex.v1.AddSubscriptionFilterRequest,
      dev.modeldex.v1.AddSubscriptionFilterResponse> getAddSubscriptionFilterMethod() {
    io.grpc.MethodDescriptor<dev.modeldex.v1.AddSubscriptionFilterRequest, dev.modeldex.v1.AddSubscriptionFilterResponse> getAddSubscriptionFilterMethod;
    if ((getAddSubscriptionFilterMethod = SubscriberServiceGrpc.getAddSubscriptionFilterMethod) == null) {
      synchronized (SubscriberServiceGrpc.class) {
        if ((getAddSubscriptionFilterMethod = SubscriberServiceGrpc.getAddSubscriptionFilterMethod) == null) {
          SubscriberServiceGrpc.getAddSubscriptionFilterMethod = getAddSubscriptionFilterMethod =
              io.grpc.MethodDescriptor.<dev.modeldex.v1.AddSubscriptionFilterRequest, dev.modeldex.v1.AddSubscriptionFilterResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "AddSubscriptionFilter"))
              .setIdempotent(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.AddSubscriptionFilterRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.AddSubscriptionFilterResponse.getDefaultInstance()))
              .setSchemaDescriptor(new SubscriberServiceMethodDescriptorSupplier("AddSubscriptionFilter"))
              .build();
        }
      }
    }
    return getAddSubscriptionFilterMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.modeldex.v1.RemoveSubscriptionFilterRequest,
      dev.modeldex.v1.RemoveSubscriptionFilterResponse> getRemoveSubscriptionFilterMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "RemoveSubscriptionFilter",
      requestType = dev.modeldex.v1.RemoveSubscriptionFilterRequest.class,
      responseType = dev.modeldex.v1.RemoveSubscriptionFilterResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.modeldex.v1.RemoveSubscriptionFilterRequest,
      dev.modeldex.v1.RemoveSubscriptionFilterResponse> getRemoveSubscriptionFilterMethod() {
    io.grpc.MethodDescriptor<dev.modeldex.v1.RemoveSubscriptionFilterRequest, dev.modeldex.v1.RemoveSubscriptionFilterResponse> getRemoveSubscriptionFilterMethod;
    if ((getRemoveSubscriptionFilterMethod = SubscriberServiceGrpc.getRemoveSubscriptionFilterMethod) == null) {
      synchronized (SubscriberServiceGrpc.class) {
        if ((getRemoveSubscriptionFilterMethod = SubscriberServiceGrpc.getRemoveSubscriptionFilterMethod) == null) {
          SubscriberServiceGrpc.getRemoveSubscriptionFilterMethod = getRemoveSubscriptionFilterMethod =
              io.grpc.MethodDescriptor.<dev.modeldex.v1.RemoveSubscriptionFilterRequest, dev.modeldex.v1.RemoveSubscriptionFilterResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "RemoveSubscriptionFilter"))
              .setIdempotent(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.RemoveSubscriptionFilterRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.RemoveSubscriptionFilterResponse.getDefaultInstance()))
              .setSchemaDescriptor(new SubscriberServiceMethodDescriptorSupplier("RemoveSubscriptionFilter"))
              .build();
        }
      }
    }
    return getRemoveSubscriptionFilterMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.modeldex.v1.UpdateSubscriptionFilterRequest,
      dev.modeldex.v1.UpdateSubscriptionFilterResponse> getUpdateSubscriptionFilterMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "UpdateSubscriptionFilter",
      requestType = dev.modeldex.v1.UpdateSubscriptionFilterRequest.class,
      responseType = dev.modeldex.v1.UpdateSubscriptionFilterResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.modeldex.v1.UpdateSubscriptionFilterRequest,
      dev.modeldex.v1.UpdateSubscriptionFilterResponse> getUpdateSubscriptionFilterMethod() {
    io.grpc.MethodDescriptor<dev.modeldex.v1.UpdateSubscriptionFilterRequest, dev.modeldex.v1.UpdateSubscriptionFilterResponse> getUpdateSubscriptionFilterMethod;
    if ((getUpdateSubscriptionFilterMethod = SubscriberServiceGrpc.getUpdateSubscriptionFilterMethod) == null) {
      synchronized (SubscriberServiceGrpc.class) {
        if ((getUpdateSubscriptionFilterMethod = SubscriberServiceGrpc.getUpdateSubscriptionFilterMethod) == null) {
          SubscriberServiceGrpc.getUpdateSubscriptionFilterMethod = getUpdateSubscriptionFilterMethod =
              io.grpc.MethodDescriptor.<dev.modeldex.v1.UpdateSubscriptionFilterRequest, dev.modeldex.v1.UpdateSubscriptionFilterResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "UpdateSubscriptionFilter"))
              .setIdempotent(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.UpdateSubscriptionFilterRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.UpdateSubscriptionFilterResponse.getDefaultInstance()))
              .setSchemaDescriptor(new SubscriberServiceMethodDescriptorSupplier("UpdateSubscriptionFilter"))
              .build();
        }
      }
    }
    return getUpdateSubscriptionFilterMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.modeldex.v1.AcknowledgeUpdatesRequest,
      dev.modeldex.v1.AcknowledgeUpdatesResponse> getAcknowledgeUpdatesMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "AcknowledgeUpdates",
      requestType = dev.modeldex.v1.AcknowledgeUpdatesRequest.class,
      responseType = dev.modeldex.v1.AcknowledgeUpdatesResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.modeldex.v1.AcknowledgeUpdatesRequest,
      dev.modeldex.v1.AcknowledgeUpdatesResponse> getAcknowledgeUpdatesMethod() {
    io.grpc.MethodDescriptor<dev.modeldex.v1.AcknowledgeUpdatesRequest, dev.modeldex.v1.AcknowledgeUpdatesResponse> getAcknowledgeUpdatesMethod;
    if ((getAcknowledgeUpdatesMethod = SubscriberServiceGrpc.getAcknowledgeUpdatesMethod) == null) {
      synchronized (SubscriberServiceGrpc.class) {
        if ((getAcknowledgeUpdatesMethod = SubscriberServiceGrpc.getAcknowledgeUpdatesMethod) == null) {
          SubscriberServiceGrpc.getAcknowledgeUpdatesMethod = getAcknowledgeUpdatesMethod =
              io.grpc.MethodDescriptor.<dev.modeldex.v1.AcknowledgeUpdatesRequest, dev.modeldex.v1.AcknowledgeUpdatesResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "AcknowledgeUpdates"))
              .setIdempotent(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.AcknowledgeUpdatesRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.AcknowledgeUpdatesResponse.getDefaultInstance()))
              .setSchemaDescriptor(new SubscriberServiceMethodDescriptorSupplier("AcknowledgeUpdates"))
              .build();
        }
      }
    }
    return getAcknowledgeUpdatesMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.modeldex.v1.ListDeadLettersRequest,
      dev.modeldex.v1.ListDeadLettersResponse> getListDeadLettersMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListDeadLetters",
      requestType = dev.modeldex.v1.ListDeadLettersRequest.class,
      responseType = dev.modeldex.v1.ListDeadLettersResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.modeldex.v1.ListDeadLettersRequest,
      dev.modeldex.v1.ListDeadLettersResponse> getListDeadLettersMethod() {
    io.grpc.MethodDescriptor<dev.modeldex.v1.ListDeadLettersRequest, dev.modeldex.v1.ListDeadLettersResponse> getListDeadLettersMethod;
    if ((getListDeadLettersMethod = SubscriberServiceGrpc.getListDeadLettersMethod) == null) {
      synchronized (SubscriberServiceGrpc.class) {
        if ((getListDeadLettersMethod = SubscriberServiceGrpc.getListDeadLettersMethod) == null) {
          SubscriberServiceGrpc.getListDeadLettersMethod = getListDeadLettersMethod =
              io.grpc.MethodDescriptor.<dev.modeldex.v1.ListDeadLettersRequest, dev.modeldex.v1.ListDeadLettersResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListDeadLetters"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.ListDeadLettersRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.ListDeadLettersResponse.getDefaultInstance()))
              .setSchemaDescriptor(new SubscriberServiceMethodDescriptorSupplier("ListDeadLetters"))
              .build();
        }
      }
    }
    return getListDeadLettersMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.modeldex.v1.GetSubscriptionStatsRequest,
      dev.modeldex.v1.GetSubscriptionStatsResponse> getGetSubscriptionStatsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "GetSubscriptionStats",
      requestType = dev.modeldex.v1.GetSubscriptionStatsRequest.class,
      responseType = dev.modeldex.v1.GetSubscriptionStatsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.modeldex.v1.GetSubscriptionStatsRequest,
      dev.modeldex.v1.GetSubscriptionStatsResponse> getGetSubscriptionStatsMethod() {
    io.grpc.MethodDescriptor<dev.modeldex.v1.GetSubscriptionStatsRequest, dev.modeldex.v1.GetSubscriptionStatsResponse> getGetSubscriptionStatsMethod;
    if ((getGetSubscriptionStatsMethod = SubscriberServiceGrpc.getGetSubscriptionStatsMethod) == null) {
      synchronized (SubscriberServiceGrpc.class) {
        if ((getGetSubscriptionStatsMethod = SubscriberServiceGrpc.getGetSubscriptionStatsMethod) == null) {
          SubscriberServiceGrpc.getGetSubscriptionStatsMethod = getGetSubscriptionStatsMethod =
              io.grpc.MethodDescriptor.<dev.modeldex.v1.GetSubscriptionStatsRequest, dev.modeldex.v1.GetSubscriptionStatsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "GetSubscriptionStats"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.GetSubscriptionStatsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.GetSubscriptionStatsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new SubscriberServiceMethodDescriptorSupplier("GetSubscriptionStats"))
              .build();
        }
      }
    }
    return getGetSubscriptionStatsMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.modeldex.v1.GetPublishStatsRequest,
      dev.modeldex.v1.GetPublishStatsResponse> getGetPublishStatsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "GetPublishStats",
      requestType = dev.modeldex.v1.GetPublishStatsRequest.class,
      responseType = dev.modeldex.v1.GetPublishStatsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.modeldex.v1.GetPublishStatsRequest,
      dev.modeldex.v1.GetPublishStatsResponse> getGetPublishStatsMethod() {
    io.grpc.MethodDescriptor<dev.modeldex.v1.GetPublishStatsRequest, dev.modeldex.v1.GetPublishStatsResponse> getGetPublishStatsMethod;
    if ((getGetPublishStatsMethod = SubscriberServiceGrpc.getGetPublishStatsMethod) == null) {
      synchronized (SubscriberServiceGrpc.class) {
        if ((getGetPublishStatsMethod = SubscriberServiceGrpc.getGetPublishStatsMethod) == null) {
          SubscriberServiceGrpc.getGetPublishStatsMethod = getGetPublishStatsMethod =
              io.grpc.MethodDescriptor.<dev.modeldex.v1.GetPublishStatsRequest, dev.modeldex.v1.GetPublishStatsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "GetPublishStats"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.GetPublishStatsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.GetPublishStatsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new SubscriberServiceMethodDescriptorSupplier("GetPublishStats"))
              .build();
        }
      }
    }
    return getGetPublishStatsMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.modeldex.v1.GetEventStatsRequest,
      dev.modeldex.v1.GetEventStatsResponse> getGetEventStatsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "GetEventStats",
      requestType = dev.modeldex.v1.GetEventStatsRequest.class,
      responseType = dev.modeldex.v1.GetEventStatsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.modeldex.v1.GetEventStatsRequest,
      dev.modeldex.v1.GetEventStatsResponse> getGetEventStatsMethod() {
    io.grpc.MethodDescriptor<dev.modeldex.v1.GetEventStatsRequest, dev.modeldex.v1.GetEventStatsResponse> getGetEventStatsMethod;
    if ((getGetEventStatsMethod = SubscriberServiceGrpc.getGetEventStatsMethod) == null) {
      synchronized (SubscriberServiceGrpc.class) {
        if ((getGetEventStatsMethod = SubscriberServiceGrpc.getGetEventStatsMethod) == null) {
          SubscriberServiceGrpc.getGetEventStatsMethod = getGetEventStatsMethod =
              io.grpc.MethodDescriptor.<dev.modeldex.v1.GetEventStatsRequest, dev.modeldex.v1.GetEventStatsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "GetEventStats"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.GetEventStatsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.GetEventStatsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new SubscriberServiceMethodDescriptorSupplier("GetEventStats"))
              .build();
        }
      }
    }
    return getGetEventStatsMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.modeldex.v1.GetSubscriberHealthRequest,
      dev.modeldex.v1.GetSubscriberHealthResponse> getGetSubscriberHealthMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "GetSubscriberHealth",
      requestType = dev.modeldex.v1.GetSubscriberHealthRequest.class,
      responseType = dev.modeldex.v1.GetSubscriberHealthResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.modeldex.v1.GetSubscriberHealthRequest,
      dev.modeldex.v1.GetSubscriberHealthResponse> getGetSubscriberHealthMethod() {
    io.grpc.MethodDescriptor<dev.modeldex.v1.GetSubscriberHealthRequest, dev.modeldex.v1.GetSubscriberHealthResponse> getGetSubscriberHealthMethod;
    if ((getGetSubscriberHealthMethod = SubscriberServiceGrpc.getGetSubscriberHealthMethod) == null) {
      synchronized (SubscriberServiceGrpc.class) {
        if ((getGetSubscriberHealthMethod = SubscriberServiceGrpc.getGetSubscriberHealthMethod) == null) {
          SubscriberServiceGrpc.getGetSubscriberHealthMethod = getGetSubscriberHealthMethod =
              io.grpc.MethodDescriptor.<dev.modeldex.v1.GetSubscriberHealthRequest, dev.modeldex.v1.GetSubscriberHealthResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "GetSubscriberHealth"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.GetSubscriberHealthRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.GetSubscriberHealthResponse.getDefaultInstance()))
              .setSchemaDescriptor(new SubscriberServiceMethodDescriptorSupplier("GetSubscriberHealth"))
              .build();
        }
      }
    }
    return getGetSubscriberHealthMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.modeldex.v1.CleanupSubscriptionsRequest,
      dev.modeldex.v1.CleanupSubscriptionsResponse> getCleanupSubscriptionsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "CleanupSubscriptions",
      requestType = dev.modeldex.v1.CleanupSubscriptionsRequest.class,
      responseType = dev.modeldex.v1.CleanupSubscriptionsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.modeldex.v1.CleanupSubscriptionsRequest,
      dev.modeldex.v1.CleanupSubscriptionsResponse> getCleanupSubscriptionsMethod() {
    io.grpc.MethodDescriptor<dev.modeldex.v1.CleanupSubscriptionsRequest, dev.modeldex.v1.CleanupSubscriptionsResponse> getCleanupSubscriptionsMethod;
    if ((getCleanupSubscriptionsMethod = SubscriberServiceGrpc.getCleanupSubscriptionsMethod) == null) {
      synchronized (SubscriberServiceGrpc.class) {
        if ((getCleanupSubscriptionsMethod = SubscriberServiceGrpc.getCleanupSubscriptionsMethod) == null) {
          SubscriberServiceGrpc.getCleanupSubscriptionsMethod = getCleanupSubscriptionsMethod =
              io.grpc.MethodDescriptor.<dev.modeldex.v1.CleanupSubscriptionsRequest, dev.modeldex.v1.CleanupSubscriptionsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "CleanupSubscriptions"))
              .setIdempotent(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.CleanupSubscriptionsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.CleanupSubscriptionsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new SubscriberServiceMethodDescriptorSupplier("CleanupSubscriptions"))
              .build();
        }
      }
    }
    return getCleanupSubscriptionsMethod;
  }

  /**
   * Creates a new async stub that supports all call types for the service
   */
  public static SubscriberServiceStub newStub(io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<SubscriberServiceStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<SubscriberServiceStub>() {
        @java.lang.Override
        public SubscriberServiceStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new SubscriberServiceStub(channel, callOptions);
        }
      };
    return SubscriberServiceStub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports all types of calls on the service
   */
  public static SubscriberServiceBlockingV2Stub newBlockingV2Stub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<SubscriberServiceBlockingV2Stub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<SubscriberServiceBlockingV2Stub>() {
        @java.lang.Override
        public SubscriberServiceBlockingV2Stub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new SubscriberServiceBlockingV2Stub(channel, callOptions);
        }
      };
    return SubscriberServiceBlockingV2Stub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports unary and streaming output calls on the service
   */
  public static SubscriberServiceBlockingStub newBlockingStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<SubscriberServiceBlockingStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<SubscriberServiceBlockingStub>() {
        @java.lang.Override
        public SubscriberServiceBlockingStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new SubscriberServiceBlockingStub(channel, callOptions);
        }
      };
    return SubscriberServiceBlockingStub.newStub(factory, channel);
  }

  /**
   * Creates a new ListenableFuture-style stub that supports unary calls on the service
   */
  public static SubscriberServiceFutureStub newFutureStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<SubscriberServiceFutureStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<SubscriberServiceFutureStub>() {
        @java.lang.Override
        public SubscriberServiceFutureStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new SubscriberServiceFutureStub(channel, callOptions);
        }
      };
    return SubscriberServiceFutureStub.newStub(factory, channel);
  }

  /**
   * <pre>
   * SubscriberService streams the changes of the catalogue, and takes updates that callers publish.
   * A stream follows the log of revisions. It promises, on every replica:
   * - ordered: revisions on a stream only grow;
   * - unique: no event comes twice on a stream, nor again after a resume by token;
   * - atomic: the events of a revision come in one message;
   * - reliable: no event that matches is missing between two that came;
   * - resumable: a token continues where its message ended, on any replica, as long as the log keeps that place;
   * - bookmarked: after a bookmark at a revision nothing up to that revision comes any more;
   * - never silent: where the log does not keep a place any more the stream ends with OUT_OF_RANGE (REVISION_COMPACTED);
   * - converging: a snapshot with the events after it applied is the catalogue at the revision of the last bookmark;
   * - alone: a subscriber that reads slowly, or not at all, changes nothing for others and is not ended for it.
   * Not promised: how long a change takes to arrive, and that two streams get the same batches.
   * A watch can fail with UNAUTHENTICATED, PERMISSION_DENIED, INVALID_ARGUMENT (INVALID_REQUEST, MALFORMED_REQUEST,
   * INVALID_RESUME_TOKEN), OUT_OF_RANGE (REVISION_COMPACTED, FUTURE_REVISION), ABORTED (HISTORY_REWOUND, ACCESS_CHANGED),
   * RESOURCE_EXHAUSTED (TOO_MANY_STREAMS, RATE_LIMITED) and UNAVAILABLE (NOT_READY, DRAINING, STORE_UNAVAILABLE). It lives
   * until its caller or its deadline ends it. A stream that is about to be ended by the server says so with going_away and
   * a token, and ends with OK. A watch of a subscription can fail with NOT_FOUND (SUBSCRIPTION_NOT_FOUND),
   * FAILED_PRECONDITION (SUBSCRIPTION_EXPIRED) and ABORTED (SUBSCRIPTION_SUPERSEDED, SUBSCRIPTION_CHANGED, REDELIVERY), too.
   * A subscription outlives streams, clients and replicas: its place, its pause and its statistics hold on whichever
   * replica it is watched. It has one stream at a time: a new one ends the one before. With EXPLICIT acknowledgement every
   * update comes until it is acknowledged or a dead letter. A pause acknowledged at revision P means that nothing after P
   * is sent until it is resumed. Every method that names a subscription can fail with NOT_FOUND (SUBSCRIPTION_NOT_FOUND),
   * and every one that changes it with ABORTED (VERSION_MISMATCH), ALREADY_EXISTS (REQUEST_ID_REUSED) and UNAVAILABLE
   * (STORE_UNAVAILABLE, COMMIT_UNKNOWN, WRITE_CONTENTION). A change of a subscription takes a revision.
   * </pre>
   */
  public interface AsyncService {

    /**
     * <pre>
     * Streams updates of every kind.
     * </pre>
     */
    default void watch(dev.modeldex.v1.WatchRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.WatchResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getWatchMethod(), responseObserver);
    }

    /**
     * <pre>
     * Streams updates of models.
     * </pre>
     */
    default void watchModelUpdates(dev.modeldex.v1.WatchModelUpdatesRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.WatchModelUpdatesResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getWatchModelUpdatesMethod(), responseObserver);
    }

    /**
     * <pre>
     * Streams updates of providers.
     * </pre>
     */
    default void watchProviderUpdates(dev.modeldex.v1.WatchProviderUpdatesRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.WatchProviderUpdatesResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getWatchProviderUpdatesMethod(), responseObserver);
    }

    /**
     * <pre>
     * Streams updates of capabilities.
     * </pre>
     */
    default void watchCapabilityUpdates(dev.modeldex.v1.WatchCapabilityUpdatesRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.WatchCapabilityUpdatesResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getWatchCapabilityUpdatesMethod(), responseObserver);
    }

    /**
     * <pre>
     * Publishes updates of something outside the catalogue, in one revision. They are marked as external, reach every
     * watch that they match, and change nothing in the catalogue. An update that breaks a rule is refused by itself.
     * </pre>
     */
    default void publishUpdates(dev.modeldex.v1.PublishUpdatesRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.PublishUpdatesResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getPublishUpdatesMethod(), responseObserver);
    }

    /**
     * <pre>
     * Creates a subscription. RESOURCE_EXHAUSTED (TOO_MANY_SUBSCRIPTIONS), OUT_OF_RANGE (REVISION_COMPACTED,
     * FUTURE_REVISION).
     * </pre>
     */
    default void createSubscription(dev.modeldex.v1.CreateSubscriptionRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.CreateSubscriptionResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getCreateSubscriptionMethod(), responseObserver);
    }

    /**
     * <pre>
     * Reads a subscription.
     * </pre>
     */
    default void getSubscription(dev.modeldex.v1.GetSubscriptionRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.GetSubscriptionResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getGetSubscriptionMethod(), responseObserver);
    }

    /**
     * <pre>
     * Lists the caller's subscriptions, an admin's request those of all, the newest first.
     * </pre>
     */
    default void listSubscriptions(dev.modeldex.v1.ListSubscriptionsRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.ListSubscriptionsResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListSubscriptionsMethod(), responseObserver);
    }

    /**
     * <pre>
     * Changes what a subscription asks for. Its stream ends with SUBSCRIPTION_CHANGED; what was not sent by then is chosen
     * anew.
     * </pre>
     */
    default void updateSubscription(dev.modeldex.v1.UpdateSubscriptionRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.UpdateSubscriptionResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getUpdateSubscriptionMethod(), responseObserver);
    }

    /**
     * <pre>
     * Deletes a subscription with its dead letters. Its stream ends with SUBSCRIPTION_NOT_FOUND.
     * </pre>
     */
    default void deleteSubscription(dev.modeldex.v1.DeleteSubscriptionRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.DeleteSubscriptionResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getDeleteSubscriptionMethod(), responseObserver);
    }

    /**
     * <pre>
     * Deletes all subscriptions of a client that the caller created; an admin's request those of all principals.
     * </pre>
     */
    default void deleteClientSubscriptions(dev.modeldex.v1.DeleteClientSubscriptionsRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.DeleteClientSubscriptionsResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getDeleteClientSubscriptionsMethod(), responseObserver);
    }

    /**
     * <pre>
     * Stops a subscription at the revision of the answer: nothing after it is sent until ResumeSubscription, whichever
     * replica it is watched on. Its stream stays open and says PAUSED in its bookmarks. Pausing it again changes nothing.
     * FAILED_PRECONDITION (SUBSCRIPTION_EXPIRED).
     * </pre>
     */
    default void pauseSubscription(dev.modeldex.v1.PauseSubscriptionRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.PauseSubscriptionResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getPauseSubscriptionMethod(), responseObserver);
    }

    /**
     * <pre>
     * Lets a paused subscription go on with what came meanwhile. One that is not paused is left as it is.
     * FAILED_PRECONDITION (SUBSCRIPTION_EXPIRED).
     * </pre>
     */
    default void resumeSubscription(dev.modeldex.v1.ResumeSubscriptionRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.ResumeSubscriptionResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getResumeSubscriptionMethod(), responseObserver);
    }

    /**
     * <pre>
     * Adds a filter to a subscription, as UpdateSubscription does.
     * </pre>
     */
    default void addSubscriptionFilter(dev.modeldex.v1.AddSubscriptionFilterRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.AddSubscriptionFilterResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getAddSubscriptionFilterMethod(), responseObserver);
    }

    /**
     * <pre>
     * Removes a filter from a subscription. Without its last filter it has every update of its type. NOT_FOUND
     * (SUBSCRIPTION_FILTER_NOT_FOUND).
     * </pre>
     */
    default void removeSubscriptionFilter(dev.modeldex.v1.RemoveSubscriptionFilterRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.RemoveSubscriptionFilterResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getRemoveSubscriptionFilterMethod(), responseObserver);
    }

    /**
     * <pre>
     * Replaces a filter of a subscription. NOT_FOUND (SUBSCRIPTION_FILTER_NOT_FOUND).
     * </pre>
     */
    default void updateSubscriptionFilter(dev.modeldex.v1.UpdateSubscriptionFilterRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.UpdateSubscriptionFilterResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getUpdateSubscriptionFilterMethod(), responseObserver);
    }

    /**
     * <pre>
     * Says that updates are done with, and which could not be. FAILED_PRECONDITION (ACKNOWLEDGEMENT_AUTOMATIC,
     * SUBSCRIPTION_EXPIRED), ABORTED (SUBSCRIPTION_SUPERSEDED), OUT_OF_RANGE (ACKNOWLEDGEMENT_BEYOND_SENT).
     * </pre>
     */
    default void acknowledgeUpdates(dev.modeldex.v1.AcknowledgeUpdatesRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.AcknowledgeUpdatesResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getAcknowledgeUpdatesMethod(), responseObserver);
    }

    /**
     * <pre>
     * Lists the updates that a subscription gave up, the newest first. They are kept for 30 days.
     * </pre>
     */
    default void listDeadLetters(dev.modeldex.v1.ListDeadLettersRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.ListDeadLettersResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListDeadLettersMethod(), responseObserver);
    }

    /**
     * <pre>
     * Counts the subscriptions that the caller may see, and what they were sent.
     * </pre>
     */
    default void getSubscriptionStats(dev.modeldex.v1.GetSubscriptionStatsRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.GetSubscriptionStatsResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getGetSubscriptionStatsMethod(), responseObserver);
    }

    /**
     * <pre>
     * Counts what was published and delivered, by all replicas since the catalogue began. Events are counted within about a
     * second, deliveries within about two; what a replica wrote in the last two seconds before it was killed is not counted.
     * </pre>
     */
    default void getPublishStats(dev.modeldex.v1.GetPublishStatsRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.GetPublishStatsResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getGetPublishStatsMethod(), responseObserver);
    }

    /**
     * <pre>
     * Counts the events of a span of time: by type, provider and model, and as a time series.
     * </pre>
     */
    default void getEventStats(dev.modeldex.v1.GetEventStatsRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.GetEventStatsResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getGetEventStatsMethod(), responseObserver);
    }

    /**
     * <pre>
     * How the feed does on the replica that answers. It is answered with the store away, too.
     * </pre>
     */
    default void getSubscriberHealth(dev.modeldex.v1.GetSubscriberHealthRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.GetSubscriberHealthResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getGetSubscriberHealthMethod(), responseObserver);
    }

    /**
     * <pre>
     * Removes what is over: expired subscriptions with their dead letters, dead letters and counts that are too old, events
     * that the log need not keep. It runs on a schedule, too.
     * </pre>
     */
    default void cleanupSubscriptions(dev.modeldex.v1.CleanupSubscriptionsRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.CleanupSubscriptionsResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getCleanupSubscriptionsMethod(), responseObserver);
    }
  }

  /**
   * Base class for the server implementation of the service SubscriberService.
   * <pre>
   * SubscriberService streams the changes of the catalogue, and takes updates that callers publish.
   * A stream follows the log of revisions. It promises, on every replica:
   * - ordered: revisions on a stream only grow;
   * - unique: no event comes twice on a stream, nor again after a resume by token;
   * - atomic: the events of a revision come in one message;
   * - reliable: no event that matches is missing between two that came;
   * - resumable: a token continues where its message ended, on any replica, as long as the log keeps that place;
   * - bookmarked: after a bookmark at a revision nothing up to that revision comes any more;
   * - never silent: where the log does not keep a place any more the stream ends with OUT_OF_RANGE (REVISION_COMPACTED);
   * - converging: a snapshot with the events after it applied is the catalogue at the revision of the last bookmark;
   * - alone: a subscriber that reads slowly, or not at all, changes nothing for others and is not ended for it.
   * Not promised: how long a change takes to arrive, and that two streams get the same batches.
   * A watch can fail with UNAUTHENTICATED, PERMISSION_DENIED, INVALID_ARGUMENT (INVALID_REQUEST, MALFORMED_REQUEST,
   * INVALID_RESUME_TOKEN), OUT_OF_RANGE (REVISION_COMPACTED, FUTURE_REVISION), ABORTED (HISTORY_REWOUND, ACCESS_CHANGED),
   * RESOURCE_EXHAUSTED (TOO_MANY_STREAMS, RATE_LIMITED) and UNAVAILABLE (NOT_READY, DRAINING, STORE_UNAVAILABLE). It lives
   * until its caller or its deadline ends it. A stream that is about to be ended by the server says so with going_away and
   * a token, and ends with OK. A watch of a subscription can fail with NOT_FOUND (SUBSCRIPTION_NOT_FOUND),
   * FAILED_PRECONDITION (SUBSCRIPTION_EXPIRED) and ABORTED (SUBSCRIPTION_SUPERSEDED, SUBSCRIPTION_CHANGED, REDELIVERY), too.
   * A subscription outlives streams, clients and replicas: its place, its pause and its statistics hold on whichever
   * replica it is watched. It has one stream at a time: a new one ends the one before. With EXPLICIT acknowledgement every
   * update comes until it is acknowledged or a dead letter. A pause acknowledged at revision P means that nothing after P
   * is sent until it is resumed. Every method that names a subscription can fail with NOT_FOUND (SUBSCRIPTION_NOT_FOUND),
   * and every one that changes it with ABORTED (VERSION_MISMATCH), ALREADY_EXISTS (REQUEST_ID_REUSED) and UNAVAILABLE
   * (STORE_UNAVAILABLE, COMMIT_UNKNOWN, WRITE_CONTENTION). A change of a subscription takes a revision.
   * </pre>
   */
  public static abstract class SubscriberServiceImplBase
      implements io.grpc.BindableService, AsyncService {

    @java.lang.Override public final io.grpc.ServerServiceDefinition bindService() {
      return SubscriberServiceGrpc.bindService(this);
    }
  }

  /**
   * A stub to allow clients to do asynchronous rpc calls to service SubscriberService.
   * <pre>
   * SubscriberService streams the changes of the catalogue, and takes updates that callers publish.
   * A stream follows the log of revisions. It promises, on every replica:
   * - ordered: revisions on a stream only grow;
   * - unique: no event comes twice on a stream, nor again after a resume by token;
   * - atomic: the events of a revision come in one message;
   * - reliable: no event that matches is missing between two that came;
   * - resumable: a token continues where its message ended, on any replica, as long as the log keeps that place;
   * - bookmarked: after a bookmark at a revision nothing up to that revision comes any more;
   * - never silent: where the log does not keep a place any more the stream ends with OUT_OF_RANGE (REVISION_COMPACTED);
   * - converging: a snapshot with the events after it applied is the catalogue at the revision of the last bookmark;
   * - alone: a subscriber that reads slowly, or not at all, changes nothing for others and is not ended for it.
   * Not promised: how long a change takes to arrive, and that two streams get the same batches.
   * A watch can fail with UNAUTHENTICATED, PERMISSION_DENIED, INVALID_ARGUMENT (INVALID_REQUEST, MALFORMED_REQUEST,
   * INVALID_RESUME_TOKEN), OUT_OF_RANGE (REVISION_COMPACTED, FUTURE_REVISION), ABORTED (HISTORY_REWOUND, ACCESS_CHANGED),
   * RESOURCE_EXHAUSTED (TOO_MANY_STREAMS, RATE_LIMITED) and UNAVAILABLE (NOT_READY, DRAINING, STORE_UNAVAILABLE). It lives
   * until its caller or its deadline ends it. A stream that is about to be ended by the server says so with going_away and
   * a token, and ends with OK. A watch of a subscription can fail with NOT_FOUND (SUBSCRIPTION_NOT_FOUND),
   * FAILED_PRECONDITION (SUBSCRIPTION_EXPIRED) and ABORTED (SUBSCRIPTION_SUPERSEDED, SUBSCRIPTION_CHANGED, REDELIVERY), too.
   * A subscription outlives streams, clients and replicas: its place, its pause and its statistics hold on whichever
   * replica it is watched. It has one stream at a time: a new one ends the one before. With EXPLICIT acknowledgement every
   * update comes until it is acknowledged or a dead letter. A pause acknowledged at revision P means that nothing after P
   * is sent until it is resumed. Every method that names a subscription can fail with NOT_FOUND (SUBSCRIPTION_NOT_FOUND),
   * and every one that changes it with ABORTED (VERSION_MISMATCH), ALREADY_EXISTS (REQUEST_ID_REUSED) and UNAVAILABLE
   * (STORE_UNAVAILABLE, COMMIT_UNKNOWN, WRITE_CONTENTION). A change of a subscription takes a revision.
   * </pre>
   */
  public static final class SubscriberServiceStub
      extends io.grpc.stub.AbstractAsyncStub<SubscriberServiceStub> {
    private SubscriberServiceStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected SubscriberServiceStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new SubscriberServiceStub(channel, callOptions);
    }

    /**
     * <pre>
     * Streams updates of every kind.
     * </pre>
     */
    public void watch(dev.modeldex.v1.WatchRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.WatchResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncServerStreamingCall(
          getChannel().newCall(getWatchMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Streams updates of models.
     * </pre>
     */
    public void watchModelUpdates(dev.modeldex.v1.WatchModelUpdatesRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.WatchModelUpdatesResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncServerStreamingCall(
          getChannel().newCall(getWatchModelUpdatesMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Streams updates of providers.
     * </pre>
     */
    public void watchProviderUpdates(dev.modeldex.v1.WatchProviderUpdatesRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.WatchProviderUpdatesResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncServerStreamingCall(
          getChannel().newCall(getWatchProviderUpdatesMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Streams updates of capabilities.
     * </pre>
     */
    public void watchCapabilityUpdates(dev.modeldex.v1.WatchCapabilityUpdatesRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.WatchCapabilityUpdatesResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncServerStreamingCall(
          getChannel().newCall(getWatchCapabilityUpdatesMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Publishes updates of something outside the catalogue, in one revision. They are marked as external, reach every
     * watch that they match, and change nothing in the catalogue. An update that breaks a rule is refused by itself.
     * </pre>
     */
    public void publishUpdates(dev.modeldex.v1.PublishUpdatesRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.PublishUpdatesResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getPublishUpdatesMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Creates a subscription. RESOURCE_EXHAUSTED (TOO_MANY_SUBSCRIPTIONS), OUT_OF_RANGE (REVISION_COMPACTED,
     * FUTURE_REVISION).
     * </pre>
     */
    public void createSubscription(dev.modeldex.v1.CreateSubscriptionRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.CreateSubscriptionResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getCreateSubscriptionMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Reads a subscription.
     * </pre>
     */
    public void getSubscription(dev.modeldex.v1.GetSubscriptionRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.GetSubscriptionResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getGetSubscriptionMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Lists the caller's subscriptions, an admin's request those of all, the newest first.
     * </pre>
     */
    public void listSubscriptions(dev.modeldex.v1.ListSubscriptionsRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.ListSubscriptionsResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListSubscriptionsMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Changes what a subscription asks for. Its stream ends with SUBSCRIPTION_CHANGED; what was not sent by then is chosen
     * anew.
     * </pre>
     */
    public void updateSubscription(dev.modeldex.v1.UpdateSubscriptionRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.UpdateSubscriptionResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getUpdateSubscriptionMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Deletes a subscription with its dead letters. Its stream ends with SUBSCRIPTION_NOT_FOUND.
     * </pre>
     */
    public void deleteSubscription(dev.modeldex.v1.DeleteSubscriptionRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.DeleteSubscriptionResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getDeleteSubscriptionMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Deletes all subscriptions of a client that the caller created; an admin's request those of all principals.
     * </pre>
     */
    public void deleteClientSubscriptions(dev.modeldex.v1.DeleteClientSubscriptionsRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.DeleteClientSubscriptionsResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getDeleteClientSubscriptionsMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Stops a subscription at the revision of the answer: nothing after it is sent until ResumeSubscription, whichever
     * replica it is watched on. Its stream stays open and says PAUSED in its bookmarks. Pausing it again changes nothing.
     * FAILED_PRECONDITION (SUBSCRIPTION_EXPIRED).
     * </pre>
     */
    public void pauseSubscription(dev.modeldex.v1.PauseSubscriptionRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.PauseSubscriptionResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getPauseSubscriptionMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Lets a paused subscription go on with what came meanwhile. One that is not paused is left as it is.
     * FAILED_PRECONDITION (SUBSCRIPTION_EXPIRED).
     * </pre>
     */
    public void resumeSubscription(dev.modeldex.v1.ResumeSubscriptionRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.ResumeSubscriptionResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getResumeSubscriptionMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Adds a filter to a subscription, as UpdateSubscription does.
     * </pre>
     */
    public void addSubscriptionFilter(dev.modeldex.v1.AddSubscriptionFilterRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.AddSubscriptionFilterResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getAddSubscriptionFilterMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Removes a filter from a subscription. Without its last filter it has every update of its type. NOT_FOUND
     * (SUBSCRIPTION_FILTER_NOT_FOUND).
     * </pre>
     */
    public void removeSubscriptionFilter(dev.modeldex.v1.RemoveSubscriptionFilterRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.RemoveSubscriptionFilterResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getRemoveSubscriptionFilterMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Replaces a filter of a subscription. NOT_FOUND (SUBSCRIPTION_FILTER_NOT_FOUND).
     * </pre>
     */
    public void updateSubscriptionFilter(dev.modeldex.v1.UpdateSubscriptionFilterRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.UpdateSubscriptionFilterResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getUpdateSubscriptionFilterMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Says that updates are done with, and which could not be. FAILED_PRECONDITION (ACKNOWLEDGEMENT_AUTOMATIC,
     * SUBSCRIPTION_EXPIRED), ABORTED (SUBSCRIPTION_SUPERSEDED), OUT_OF_RANGE (ACKNOWLEDGEMENT_BEYOND_SENT).
     * </pre>
     */
    public void acknowledgeUpdates(dev.modeldex.v1.AcknowledgeUpdatesRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.AcknowledgeUpdatesResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getAcknowledgeUpdatesMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Lists the updates that a subscription gave up, the newest first. They are kept for 30 days.
     * </pre>
     */
    public void listDeadLetters(dev.modeldex.v1.ListDeadLettersRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.ListDeadLettersResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListDeadLettersMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Counts the subscriptions that the caller may see, and what they were sent.
     * </pre>
     */
    public void getSubscriptionStats(dev.modeldex.v1.GetSubscriptionStatsRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.GetSubscriptionStatsResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getGetSubscriptionStatsMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Counts what was published and delivered, by all replicas since the catalogue began. Events are counted within about a
     * second, deliveries within about two; what a replica wrote in the last two seconds before it was killed is not counted.
     * </pre>
     */
    public void getPublishStats(dev.modeldex.v1.GetPublishStatsRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.GetPublishStatsResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getGetPublishStatsMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Counts the events of a span of time: by type, provider and model, and as a time series.
     * </pre>
     */
    public void getEventStats(dev.modeldex.v1.GetEventStatsRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.GetEventStatsResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getGetEventStatsMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * How the feed does on the replica that answers. It is answered with the store away, too.
     * </pre>
     */
    public void getSubscriberHealth(dev.modeldex.v1.GetSubscriberHealthRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.GetSubscriberHealthResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getGetSubscriberHealthMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Removes what is over: expired subscriptions with their dead letters, dead letters and counts that are too old, events
     * that the log need not keep. It runs on a schedule, too.
     * </pre>
     */
    public void cleanupSubscriptions(dev.modeldex.v1.CleanupSubscriptionsRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.CleanupSubscriptionsResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getCleanupSubscriptionsMethod(), getCallOptions()), request, responseObserver);
    }
  }

  /**
   * A stub to allow clients to do synchronous rpc calls to service SubscriberService.
   * <pre>
   * SubscriberService streams the changes of the catalogue, and takes updates that callers publish.
   * A stream follows the log of revisions. It promises, on every replica:
   * - ordered: revisions on a stream only grow;
   * - unique: no event comes twice on a stream, nor again after a resume by token;
   * - atomic: the events of a revision come in one message;
   * - reliable: no event that matches is missing between two that came;
   * - resumable: a token continues where its message ended, on any replica, as long as the log keeps that place;
   * - bookmarked: after a bookmark at a revision nothing up to that revision comes any more;
   * - never silent: where the log does not keep a place any more the stream ends with OUT_OF_RANGE (REVISION_COMPACTED);
   * - converging: a snapshot with the events after it applied is the catalogue at the revision of the last bookmark;
   * - alone: a subscriber that reads slowly, or not at all, changes nothing for others and is not ended for it.
   * Not promised: how long a change takes to arrive, and that two streams get the same batches.
   * A watch can fail with UNAUTHENTICATED, PERMISSION_DENIED, INVALID_ARGUMENT (INVALID_REQUEST, MALFORMED_REQUEST,
   * INVALID_RESUME_TOKEN), OUT_OF_RANGE (REVISION_COMPACTED, FUTURE_REVISION), ABORTED (HISTORY_REWOUND, ACCESS_CHANGED),
   * RESOURCE_EXHAUSTED (TOO_MANY_STREAMS, RATE_LIMITED) and UNAVAILABLE (NOT_READY, DRAINING, STORE_UNAVAILABLE). It lives
   * until its caller or its deadline ends it. A stream that is about to be ended by the server says so with going_away and
   * a token, and ends with OK. A watch of a subscription can fail with NOT_FOUND (SUBSCRIPTION_NOT_FOUND),
   * FAILED_PRECONDITION (SUBSCRIPTION_EXPIRED) and ABORTED (SUBSCRIPTION_SUPERSEDED, SUBSCRIPTION_CHANGED, REDELIVERY), too.
   * A subscription outlives streams, clients and replicas: its place, its pause and its statistics hold on whichever
   * replica it is watched. It has one stream at a time: a new one ends the one before. With EXPLICIT acknowledgement every
   * update comes until it is acknowledged or a dead letter. A pause acknowledged at revision P means that nothing after P
   * is sent until it is resumed. Every method that names a subscription can fail with NOT_FOUND (SUBSCRIPTION_NOT_FOUND),
   * and every one that changes it with ABORTED (VERSION_MISMATCH), ALREADY_EXISTS (REQUEST_ID_REUSED) and UNAVAILABLE
   * (STORE_UNAVAILABLE, COMMIT_UNKNOWN, WRITE_CONTENTION). A change of a subscription takes a revision.
   * </pre>
   */
  public static final class SubscriberServiceBlockingV2Stub
      extends io.grpc.stub.AbstractBlockingStub<SubscriberServiceBlockingV2Stub> {
    private SubscriberServiceBlockingV2Stub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected SubscriberServiceBlockingV2Stub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new SubscriberServiceBlockingV2Stub(channel, callOptions);
    }

    /**
     * <pre>
     * Streams updates of every kind.
     * </pre>
     */
    @io.grpc.ExperimentalApi("https://github.com/grpc/grpc-java/issues/10918")
    public io.grpc.stub.BlockingClientCall<?, dev.modeldex.v1.WatchResponse>
        watch(dev.modeldex.v1.WatchRequest request) {
      return io.grpc.stub.ClientCalls.blockingV2ServerStreamingCall(
          getChannel(), getWatchMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Streams updates of models.
     * </pre>
     */
    @io.grpc.ExperimentalApi("https://github.com/grpc/grpc-java/issues/10918")
    public io.grpc.stub.BlockingClientCall<?, dev.modeldex.v1.WatchModelUpdatesResponse>
        watchModelUpdates(dev.modeldex.v1.WatchModelUpdatesRequest request) {
      return io.grpc.stub.ClientCalls.blockingV2ServerStreamingCall(
          getChannel(), getWatchModelUpdatesMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Streams updates of providers.
     * </pre>
     */
    @io.grpc.ExperimentalApi("https://github.com/grpc/grpc-java/issues/10918")
    public io.grpc.stub.BlockingClientCall<?, dev.modeldex.v1.WatchProviderUpdatesResponse>
        watchProviderUpdates(dev.modeldex.v1.WatchProviderUpdatesRequest request) {
      return io.grpc.stub.ClientCalls.blockingV2ServerStreamingCall(
          getChannel(), getWatchProviderUpdatesMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Streams updates of capabilities.
     * </pre>
     */
    @io.grpc.ExperimentalApi("https://github.com/grpc/grpc-java/issues/10918")
    public io.grpc.stub.BlockingClientCall<?, dev.modeldex.v1.WatchCapabilityUpdatesResponse>
        watchCapabilityUpdates(dev.modeldex.v1.WatchCapabilityUpdatesRequest request) {
      return io.grpc.stub.ClientCalls.blockingV2ServerStreamingCall(
          getChannel(), getWatchCapabilityUpdatesMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Publishes updates of something outside the catalogue, in one revision. They are marked as external, reach every
     * watch that they match, and change nothing in the catalogue. An update that breaks a rule is refused by itself.
     * </pre>
     */
    public dev.modeldex.v1.PublishUpdatesResponse publishUpdates(dev.modeldex.v1.PublishUpdatesRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getPublishUpdatesMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Creates a subscription. RESOURCE_EXHAUSTED (TOO_MANY_SUBSCRIPTIONS), OUT_OF_RANGE (REVISION_COMPACTED,
     * FUTURE_REVISION).
     * </pre>
     */
    public dev.modeldex.v1.CreateSubscriptionResponse createSubscription(dev.modeldex.v1.CreateSubscriptionRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getCreateSubscriptionMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Reads a subscription.
     * </pre>
     */
    public dev.modeldex.v1.GetSubscriptionResponse getSubscription(dev.modeldex.v1.GetSubscriptionRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getGetSubscriptionMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists the caller's subscriptions, an admin's request those of all, the newest first.
     * </pre>
     */
    public dev.modeldex.v1.ListSubscriptionsResponse listSubscriptions(dev.modeldex.v1.ListSubscriptionsRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListSubscriptionsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Changes what a subscription asks for. Its stream ends with SUBSCRIPTION_CHANGED; what was not sent by then is chosen
     * anew.
     * </pre>
     */
    public dev.modeldex.v1.UpdateSubscriptionResponse updateSubscription(dev.modeldex.v1.UpdateSubscriptionRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getUpdateSubscriptionMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Deletes a subscription with its dead letters. Its stream ends with SUBSCRIPTION_NOT_FOUND.
     * </pre>
     */
    public dev.modeldex.v1.DeleteSubscriptionResponse deleteSubscription(dev.modeldex.v1.DeleteSubscriptionRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getDeleteSubscriptionMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Deletes all subscriptions of a client that the caller created; an admin's request those of all principals.
     * </pre>
     */
    public dev.modeldex.v1.DeleteClientSubscriptionsResponse deleteClientSubscriptions(dev.modeldex.v1.DeleteClientSubscriptionsRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getDeleteClientSubscriptionsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Stops a subscription at the revision of the answer: nothing after it is sent until ResumeSubscription, whichever
     * replica it is watched on. Its stream stays open and says PAUSED in its bookmarks. Pausing it again changes nothing.
     * FAILED_PRECONDITION (SUBSCRIPTION_EXPIRED).
     * </pre>
     */
    public dev.modeldex.v1.PauseSubscriptionResponse pauseSubscription(dev.modeldex.v1.PauseSubscriptionRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getPauseSubscriptionMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lets a paused subscription go on with what came meanwhile. One that is not paused is left as it is.
     * FAILED_PRECONDITION (SUBSCRIPTION_EXPIRED).
     * </pre>
     */
    public dev.modeldex.v1.ResumeSubscriptionResponse resumeSubscription(dev.modeldex.v1.ResumeSubscriptionRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getResumeSubscriptionMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Adds a filter to a subscription, as UpdateSubscription does.
     * </pre>
     */
    public dev.modeldex.v1.AddSubscriptionFilterResponse addSubscriptionFilter(dev.modeldex.v1.AddSubscriptionFilterRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getAddSubscriptionFilterMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Removes a filter from a subscription. Without its last filter it has every update of its type. NOT_FOUND
     * (SUBSCRIPTION_FILTER_NOT_FOUND).
     * </pre>
     */
    public dev.modeldex.v1.RemoveSubscriptionFilterResponse removeSubscriptionFilter(dev.modeldex.v1.RemoveSubscriptionFilterRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getRemoveSubscriptionFilterMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Replaces a filter of a subscription. NOT_FOUND (SUBSCRIPTION_FILTER_NOT_FOUND).
     * </pre>
     */
    public dev.modeldex.v1.UpdateSubscriptionFilterResponse updateSubscriptionFilter(dev.modeldex.v1.UpdateSubscriptionFilterRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getUpdateSubscriptionFilterMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Says that updates are done with, and which could not be. FAILED_PRECONDITION (ACKNOWLEDGEMENT_AUTOMATIC,
     * SUBSCRIPTION_EXPIRED), ABORTED (SUBSCRIPTION_SUPERSEDED), OUT_OF_RANGE (ACKNOWLEDGEMENT_BEYOND_SENT).
     * </pre>
     */
    public dev.modeldex.v1.AcknowledgeUpdatesResponse acknowledgeUpdates(dev.modeldex.v1.AcknowledgeUpdatesRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getAcknowledgeUpdatesMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists the updates that a subscription gave up, the newest first. They are kept for 30 days.
     * </pre>
     */
    public dev.modeldex.v1.ListDeadLettersResponse listDeadLetters(dev.modeldex.v1.ListDeadLettersRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListDeadLettersMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Counts the subscriptions that the caller may see, and what they were sent.
     * </pre>
     */
    public dev.modeldex.v1.GetSubscriptionStatsResponse getSubscriptionStats(dev.modeldex.v1.GetSubscriptionStatsRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getGetSubscriptionStatsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Counts what was published and delivered, by all replicas since the catalogue began. Events are counted within about a
     * second, deliveries within about two; what a replica wrote in the last two seconds before it was killed is not counted.
     * </pre>
     */
    public dev.modeldex.v1.GetPublishStatsResponse getPublishStats(dev.modeldex.v1.GetPublishStatsRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getGetPublishStatsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Counts the events of a span of time: by type, provider and model, and as a time series.
     * </pre>
     */
    public dev.modeldex.v1.GetEventStatsResponse getEventStats(dev.modeldex.v1.GetEventStatsRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getGetEventStatsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * How the feed does on the replica that answers. It is answered with the store away, too.
     * </pre>
     */
    public dev.modeldex.v1.GetSubscriberHealthResponse getSubscriberHealth(dev.modeldex.v1.GetSubscriberHealthRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getGetSubscriberHealthMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Removes what is over: expired subscriptions with their dead letters, dead letters and counts that are too old, events
     * that the log need not keep. It runs on a schedule, too.
     * </pre>
     */
    public dev.modeldex.v1.CleanupSubscriptionsResponse cleanupSubscriptions(dev.modeldex.v1.CleanupSubscriptionsRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getCleanupSubscriptionsMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do limited synchronous rpc calls to service SubscriberService.
   * <pre>
   * SubscriberService streams the changes of the catalogue, and takes updates that callers publish.
   * A stream follows the log of revisions. It promises, on every replica:
   * - ordered: revisions on a stream only grow;
   * - unique: no event comes twice on a stream, nor again after a resume by token;
   * - atomic: the events of a revision come in one message;
   * - reliable: no event that matches is missing between two that came;
   * - resumable: a token continues where its message ended, on any replica, as long as the log keeps that place;
   * - bookmarked: after a bookmark at a revision nothing up to that revision comes any more;
   * - never silent: where the log does not keep a place any more the stream ends with OUT_OF_RANGE (REVISION_COMPACTED);
   * - converging: a snapshot with the events after it applied is the catalogue at the revision of the last bookmark;
   * - alone: a subscriber that reads slowly, or not at all, changes nothing for others and is not ended for it.
   * Not promised: how long a change takes to arrive, and that two streams get the same batches.
   * A watch can fail with UNAUTHENTICATED, PERMISSION_DENIED, INVALID_ARGUMENT (INVALID_REQUEST, MALFORMED_REQUEST,
   * INVALID_RESUME_TOKEN), OUT_OF_RANGE (REVISION_COMPACTED, FUTURE_REVISION), ABORTED (HISTORY_REWOUND, ACCESS_CHANGED),
   * RESOURCE_EXHAUSTED (TOO_MANY_STREAMS, RATE_LIMITED) and UNAVAILABLE (NOT_READY, DRAINING, STORE_UNAVAILABLE). It lives
   * until its caller or its deadline ends it. A stream that is about to be ended by the server says so with going_away and
   * a token, and ends with OK. A watch of a subscription can fail with NOT_FOUND (SUBSCRIPTION_NOT_FOUND),
   * FAILED_PRECONDITION (SUBSCRIPTION_EXPIRED) and ABORTED (SUBSCRIPTION_SUPERSEDED, SUBSCRIPTION_CHANGED, REDELIVERY), too.
   * A subscription outlives streams, clients and replicas: its place, its pause and its statistics hold on whichever
   * replica it is watched. It has one stream at a time: a new one ends the one before. With EXPLICIT acknowledgement every
   * update comes until it is acknowledged or a dead letter. A pause acknowledged at revision P means that nothing after P
   * is sent until it is resumed. Every method that names a subscription can fail with NOT_FOUND (SUBSCRIPTION_NOT_FOUND),
   * and every one that changes it with ABORTED (VERSION_MISMATCH), ALREADY_EXISTS (REQUEST_ID_REUSED) and UNAVAILABLE
   * (STORE_UNAVAILABLE, COMMIT_UNKNOWN, WRITE_CONTENTION). A change of a subscription takes a revision.
   * </pre>
   */
  public static final class SubscriberServiceBlockingStub
      extends io.grpc.stub.AbstractBlockingStub<SubscriberServiceBlockingStub> {
    private SubscriberServiceBlockingStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected SubscriberServiceBlockingStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new SubscriberServiceBlockingStub(channel, callOptions);
    }

    /**
     * <pre>
     * Streams updates of every kind.
     * </pre>
     */
    public java.util.Iterator<dev.modeldex.v1.WatchResponse> watch(
        dev.modeldex.v1.WatchRequest request) {
      return io.grpc.stub.ClientCalls.blockingServerStreamingCall(
          getChannel(), getWatchMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Streams updates of models.
     * </pre>
     */
    public java.util.Iterator<dev.modeldex.v1.WatchModelUpdatesResponse> watchModelUpdates(
        dev.modeldex.v1.WatchModelUpdatesRequest request) {
      return io.grpc.stub.ClientCalls.blockingServerStreamingCall(
          getChannel(), getWatchModelUpdatesMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Streams updates of providers.
     * </pre>
     */
    public java.util.Iterator<dev.modeldex.v1.WatchProviderUpdatesResponse> watchProviderUpdates(
        dev.modeldex.v1.WatchProviderUpdatesRequest request) {
      return io.grpc.stub.ClientCalls.blockingServerStreamingCall(
          getChannel(), getWatchProviderUpdatesMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Streams updates of capabilities.
     * </pre>
     */
    public java.util.Iterator<dev.modeldex.v1.WatchCapabilityUpdatesResponse> watchCapabilityUpdates(
        dev.modeldex.v1.WatchCapabilityUpdatesRequest request) {
      return io.grpc.stub.ClientCalls.blockingServerStreamingCall(
          getChannel(), getWatchCapabilityUpdatesMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Publishes updates of something outside the catalogue, in one revision. They are marked as external, reach every
     * watch that they match, and change nothing in the catalogue. An update that breaks a rule is refused by itself.
     * </pre>
     */
    public dev.modeldex.v1.PublishUpdatesResponse publishUpdates(dev.modeldex.v1.PublishUpdatesRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getPublishUpdatesMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Creates a subscription. RESOURCE_EXHAUSTED (TOO_MANY_SUBSCRIPTIONS), OUT_OF_RANGE (REVISION_COMPACTED,
     * FUTURE_REVISION).
     * </pre>
     */
    public dev.modeldex.v1.CreateSubscriptionResponse createSubscription(dev.modeldex.v1.CreateSubscriptionRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getCreateSubscriptionMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Reads a subscription.
     * </pre>
     */
    public dev.modeldex.v1.GetSubscriptionResponse getSubscription(dev.modeldex.v1.GetSubscriptionRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getGetSubscriptionMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists the caller's subscriptions, an admin's request those of all, the newest first.
     * </pre>
     */
    public dev.modeldex.v1.ListSubscriptionsResponse listSubscriptions(dev.modeldex.v1.ListSubscriptionsRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListSubscriptionsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Changes what a subscription asks for. Its stream ends with SUBSCRIPTION_CHANGED; what was not sent by then is chosen
     * anew.
     * </pre>
     */
    public dev.modeldex.v1.UpdateSubscriptionResponse updateSubscription(dev.modeldex.v1.UpdateSubscriptionRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getUpdateSubscriptionMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Deletes a subscription with its dead letters. Its stream ends with SUBSCRIPTION_NOT_FOUND.
     * </pre>
     */
    public dev.modeldex.v1.DeleteSubscriptionResponse deleteSubscription(dev.modeldex.v1.DeleteSubscriptionRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getDeleteSubscriptionMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Deletes all subscriptions of a client that the caller created; an admin's request those of all principals.
     * </pre>
     */
    public dev.modeldex.v1.DeleteClientSubscriptionsResponse deleteClientSubscriptions(dev.modeldex.v1.DeleteClientSubscriptionsRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getDeleteClientSubscriptionsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Stops a subscription at the revision of the answer: nothing after it is sent until ResumeSubscription, whichever
     * replica it is watched on. Its stream stays open and says PAUSED in its bookmarks. Pausing it again changes nothing.
     * FAILED_PRECONDITION (SUBSCRIPTION_EXPIRED).
     * </pre>
     */
    public dev.modeldex.v1.PauseSubscriptionResponse pauseSubscription(dev.modeldex.v1.PauseSubscriptionRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getPauseSubscriptionMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lets a paused subscription go on with what came meanwhile. One that is not paused is left as it is.
     * FAILED_PRECONDITION (SUBSCRIPTION_EXPIRED).
     * </pre>
     */
    public dev.modeldex.v1.ResumeSubscriptionResponse resumeSubscription(dev.modeldex.v1.ResumeSubscriptionRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getResumeSubscriptionMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Adds a filter to a subscription, as UpdateSubscription does.
     * </pre>
     */
    public dev.modeldex.v1.AddSubscriptionFilterResponse addSubscriptionFilter(dev.modeldex.v1.AddSubscriptionFilterRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getAddSubscriptionFilterMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Removes a filter from a subscription. Without its last filter it has every update of its type. NOT_FOUND
     * (SUBSCRIPTION_FILTER_NOT_FOUND).
     * </pre>
     */
    public dev.modeldex.v1.RemoveSubscriptionFilterResponse removeSubscriptionFilter(dev.modeldex.v1.RemoveSubscriptionFilterRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getRemoveSubscriptionFilterMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Replaces a filter of a subscription. NOT_FOUND (SUBSCRIPTION_FILTER_NOT_FOUND).
     * </pre>
     */
    public dev.modeldex.v1.UpdateSubscriptionFilterResponse updateSubscriptionFilter(dev.modeldex.v1.UpdateSubscriptionFilterRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getUpdateSubscriptionFilterMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Says that updates are done with, and which could not be. FAILED_PRECONDITION (ACKNOWLEDGEMENT_AUTOMATIC,
     * SUBSCRIPTION_EXPIRED), ABORTED (SUBSCRIPTION_SUPERSEDED), OUT_OF_RANGE (ACKNOWLEDGEMENT_BEYOND_SENT).
     * </pre>
     */
    public dev.modeldex.v1.AcknowledgeUpdatesResponse acknowledgeUpdates(dev.modeldex.v1.AcknowledgeUpdatesRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getAcknowledgeUpdatesMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists the updates that a subscription gave up, the newest first. They are kept for 30 days.
     * </pre>
     */
    public dev.modeldex.v1.ListDeadLettersResponse listDeadLetters(dev.modeldex.v1.ListDeadLettersRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListDeadLettersMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Counts the subscriptions that the caller may see, and what they were sent.
     * </pre>
     */
    public dev.modeldex.v1.GetSubscriptionStatsResponse getSubscriptionStats(dev.modeldex.v1.GetSubscriptionStatsRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getGetSubscriptionStatsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Counts what was published and delivered, by all replicas since the catalogue began. Events are counted within about a
     * second, deliveries within about two; what a replica wrote in the last two seconds before it was killed is not counted.
     * </pre>
     */
    public dev.modeldex.v1.GetPublishStatsResponse getPublishStats(dev.modeldex.v1.GetPublishStatsRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getGetPublishStatsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Counts the events of a span of time: by type, provider and model, and as a time series.
     * </pre>
     */
    public dev.modeldex.v1.GetEventStatsResponse getEventStats(dev.modeldex.v1.GetEventStatsRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getGetEventStatsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * How the feed does on the replica that answers. It is answered with the store away, too.
     * </pre>
     */
    public dev.modeldex.v1.GetSubscriberHealthResponse getSubscriberHealth(dev.modeldex.v1.GetSubscriberHealthRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getGetSubscriberHealthMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Removes what is over: expired subscriptions with their dead letters, dead letters and counts that are too old, events
     * that the log need not keep. It runs on a schedule, too.
     * </pre>
     */
    public dev.modeldex.v1.CleanupSubscriptionsResponse cleanupSubscriptions(dev.modeldex.v1.CleanupSubscriptionsRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getCleanupSubscriptionsMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do ListenableFuture-style rpc calls to service SubscriberService.
   * <pre>
   * SubscriberService streams the changes of the catalogue, and takes updates that callers publish.
   * A stream follows the log of revisions. It promises, on every replica:
   * - ordered: revisions on a stream only grow;
   * - unique: no event comes twice on a stream, nor again after a resume by token;
   * - atomic: the events of a revision come in one message;
   * - reliable: no event that matches is missing between two that came;
   * - resumable: a token continues where its message ended, on any replica, as long as the log keeps that place;
   * - bookmarked: after a bookmark at a revision nothing up to that revision comes any more;
   * - never silent: where the log does not keep a place any more the stream ends with OUT_OF_RANGE (REVISION_COMPACTED);
   * - converging: a snapshot with the events after it applied is the catalogue at the revision of the last bookmark;
   * - alone: a subscriber that reads slowly, or not at all, changes nothing for others and is not ended for it.
   * Not promised: how long a change takes to arrive, and that two streams get the same batches.
   * A watch can fail with UNAUTHENTICATED, PERMISSION_DENIED, INVALID_ARGUMENT (INVALID_REQUEST, MALFORMED_REQUEST,
   * INVALID_RESUME_TOKEN), OUT_OF_RANGE (REVISION_COMPACTED, FUTURE_REVISION), ABORTED (HISTORY_REWOUND, ACCESS_CHANGED),
   * RESOURCE_EXHAUSTED (TOO_MANY_STREAMS, RATE_LIMITED) and UNAVAILABLE (NOT_READY, DRAINING, STORE_UNAVAILABLE). It lives
   * until its caller or its deadline ends it. A stream that is about to be ended by the server says so with going_away and
   * a token, and ends with OK. A watch of a subscription can fail with NOT_FOUND (SUBSCRIPTION_NOT_FOUND),
   * FAILED_PRECONDITION (SUBSCRIPTION_EXPIRED) and ABORTED (SUBSCRIPTION_SUPERSEDED, SUBSCRIPTION_CHANGED, REDELIVERY), too.
   * A subscription outlives streams, clients and replicas: its place, its pause and its statistics hold on whichever
   * replica it is watched. It has one stream at a time: a new one ends the one before. With EXPLICIT acknowledgement every
   * update comes until it is acknowledged or a dead letter. A pause acknowledged at revision P means that nothing after P
   * is sent until it is resumed. Every method that names a subscription can fail with NOT_FOUND (SUBSCRIPTION_NOT_FOUND),
   * and every one that changes it with ABORTED (VERSION_MISMATCH), ALREADY_EXISTS (REQUEST_ID_REUSED) and UNAVAILABLE
   * (STORE_UNAVAILABLE, COMMIT_UNKNOWN, WRITE_CONTENTION). A change of a subscription takes a revision.
   * </pre>
   */
  public static final class SubscriberServiceFutureStub
      extends io.grpc.stub.AbstractFutureStub<SubscriberServiceFutureStub> {
    private SubscriberServiceFutureStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected SubscriberServiceFutureStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new SubscriberServiceFutureStub(channel, callOptions);
    }

    /**
     * <pre>
     * Publishes updates of something outside the catalogue, in one revision. They are marked as external, reach every
     * watch that they match, and change nothing in the catalogue. An update that breaks a rule is refused by itself.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.modeldex.v1.PublishUpdatesResponse> publishUpdates(
        dev.modeldex.v1.PublishUpdatesRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getPublishUpdatesMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Creates a subscription. RESOURCE_EXHAUSTED (TOO_MANY_SUBSCRIPTIONS), OUT_OF_RANGE (REVISION_COMPACTED,
     * FUTURE_REVISION).
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.modeldex.v1.CreateSubscriptionResponse> createSubscription(
        dev.modeldex.v1.CreateSubscriptionRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getCreateSubscriptionMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Reads a subscription.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.modeldex.v1.GetSubscriptionResponse> getSubscription(
        dev.modeldex.v1.GetSubscriptionRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getGetSubscriptionMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Lists the caller's subscriptions, an admin's request those of all, the newest first.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.modeldex.v1.ListSubscriptionsResponse> listSubscriptions(
        dev.modeldex.v1.ListSubscriptionsRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListSubscriptionsMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Changes what a subscription asks for. Its stream ends with SUBSCRIPTION_CHANGED; what was not sent by then is chosen
     * anew.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.modeldex.v1.UpdateSubscriptionResponse> updateSubscription(
        dev.modeldex.v1.UpdateSubscriptionRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getUpdateSubscriptionMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Deletes a subscription with its dead letters. Its stream ends with SUBSCRIPTION_NOT_FOUND.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.modeldex.v1.DeleteSubscriptionResponse> deleteSubscription(
        dev.modeldex.v1.DeleteSubscriptionRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getDeleteSubscriptionMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Deletes all subscriptions of a client that the caller created; an admin's request those of all principals.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.modeldex.v1.DeleteClientSubscriptionsResponse> deleteClientSubscriptions(
        dev.modeldex.v1.DeleteClientSubscriptionsRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getDeleteClientSubscriptionsMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Stops a subscription at the revision of the answer: nothing after it is sent until ResumeSubscription, whichever
     * replica it is watched on. Its stream stays open and says PAUSED in its bookmarks. Pausing it again changes nothing.
     * FAILED_PRECONDITION (SUBSCRIPTION_EXPIRED).
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.modeldex.v1.PauseSubscriptionResponse> pauseSubscription(
        dev.modeldex.v1.PauseSubscriptionRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getPauseSubscriptionMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Lets a paused subscription go on with what came meanwhile. One that is not paused is left as it is.
     * FAILED_PRECONDITION (SUBSCRIPTION_EXPIRED).
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.modeldex.v1.ResumeSubscriptionResponse> resumeSubscription(
        dev.modeldex.v1.ResumeSubscriptionRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getResumeSubscriptionMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Adds a filter to a subscription, as UpdateSubscription does.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.modeldex.v1.AddSubscriptionFilterResponse> addSubscriptionFilter(
        dev.modeldex.v1.AddSubscriptionFilterRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getAddSubscriptionFilterMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Removes a filter from a subscription. Without its last filter it has every update of its type. NOT_FOUND
     * (SUBSCRIPTION_FILTER_NOT_FOUND).
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.modeldex.v1.RemoveSubscriptionFilterResponse> removeSubscriptionFilter(
        dev.modeldex.v1.RemoveSubscriptionFilterRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getRemoveSubscriptionFilterMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Replaces a filter of a subscription. NOT_FOUND (SUBSCRIPTION_FILTER_NOT_FOUND).
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.modeldex.v1.UpdateSubscriptionFilterResponse> updateSubscriptionFilter(
        dev.modeldex.v1.UpdateSubscriptionFilterRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getUpdateSubscriptionFilterMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Says that updates are done with, and which could not be. FAILED_PRECONDITION (ACKNOWLEDGEMENT_AUTOMATIC,
     * SUBSCRIPTION_EXPIRED), ABORTED (SUBSCRIPTION_SUPERSEDED), OUT_OF_RANGE (ACKNOWLEDGEMENT_BEYOND_SENT).
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.modeldex.v1.AcknowledgeUpdatesResponse> acknowledgeUpdates(
        dev.modeldex.v1.AcknowledgeUpdatesRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getAcknowledgeUpdatesMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Lists the updates that a subscription gave up, the newest first. They are kept for 30 days.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.modeldex.v1.ListDeadLettersResponse> listDeadLetters(
        dev.modeldex.v1.ListDeadLettersRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListDeadLettersMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Counts the subscriptions that the caller may see, and what they were sent.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.modeldex.v1.GetSubscriptionStatsResponse> getSubscriptionStats(
        dev.modeldex.v1.GetSubscriptionStatsRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getGetSubscriptionStatsMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Counts what was published and delivered, by all replicas since the catalogue began. Events are counted within about a
     * second, deliveries within about two; what a replica wrote in the last two seconds before it was killed is not counted.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.modeldex.v1.GetPublishStatsResponse> getPublishStats(
        dev.modeldex.v1.GetPublishStatsRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getGetPublishStatsMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Counts the events of a span of time: by type, provider and model, and as a time series.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.modeldex.v1.GetEventStatsResponse> getEventStats(
        dev.modeldex.v1.GetEventStatsRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getGetEventStatsMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * How the feed does on the replica that answers. It is answered with the store away, too.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.modeldex.v1.GetSubscriberHealthResponse> getSubscriberHealth(
        dev.modeldex.v1.GetSubscriberHealthRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getGetSubscriberHealthMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Removes what is over: expired subscriptions with their dead letters, dead letters and counts that are too old, events
     * that the log need not keep. It runs on a schedule, too.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.modeldex.v1.CleanupSubscriptionsResponse> cleanupSubscriptions(
        dev.modeldex.v1.CleanupSubscriptionsRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getCleanupSubscriptionsMethod(), getCallOptions()), request);
    }
  }

  private static final int METHODID_WATCH = 0;
  private static final int METHODID_WATCH_MODEL_UPDATES = 1;
  private static final int METHODID_WATCH_PROVIDER_UPDATES = 2;
  private static final int METHODID_WATCH_CAPABILITY_UPDATES = 3;
  private static final int METHODID_PUBLISH_UPDATES = 4;
  private static final int METHODID_CREATE_SUBSCRIPTION = 5;
  private static final int METHODID_GET_SUBSCRIPTION = 6;
  private static final int METHODID_LIST_SUBSCRIPTIONS = 7;
  private static final int METHODID_UPDATE_SUBSCRIPTION = 8;
  private static final int METHODID_DELETE_SUBSCRIPTION = 9;
  private static final int METHODID_DELETE_CLIENT_SUBSCRIPTIONS = 10;
  private static final int METHODID_PAUSE_SUBSCRIPTION = 11;
  private static final int METHODID_RESUME_SUBSCRIPTION = 12;
  private static final int METHODID_ADD_SUBSCRIPTION_FILTER = 13;
  private static final int METHODID_REMOVE_SUBSCRIPTION_FILTER = 14;
  private static final int METHODID_UPDATE_SUBSCRIPTION_FILTER = 15;
  private static final int METHODID_ACKNOWLEDGE_UPDATES = 16;
  private static final int METHODID_LIST_DEAD_LETTERS = 17;
  private static final int METHODID_GET_SUBSCRIPTION_STATS = 18;
  private static final int METHODID_GET_PUBLISH_STATS = 19;
  private static final int METHODID_GET_EVENT_STATS = 20;
  private static final int METHODID_GET_SUBSCRIBER_HEALTH = 21;
  private static final int METHODID_CLEANUP_SUBSCRIPTIONS = 22;

  private static final class MethodHandlers<Req, Resp> implements
      io.grpc.stub.ServerCalls.UnaryMethod<Req, Resp>,
      io.grpc.stub.ServerCalls.ServerStreamingMethod<Req, Resp>,
      io.grpc.stub.ServerCalls.ClientStreamingMethod<Req, Resp>,
      io.grpc.stub.ServerCalls.BidiStreamingMethod<Req, Resp> {
    private final AsyncService serviceImpl;
    private final int methodId;

    MethodHandlers(AsyncService serviceImpl, int methodId) {
      this.serviceImpl = serviceImpl;
      this.methodId = methodId;
    }

    @java.lang.Override
    @java.lang.SuppressWarnings("unchecked")
    public void invoke(Req request, io.grpc.stub.StreamObserver<Resp> responseObserver) {
      switch (methodId) {
        case METHODID_WATCH:
          serviceImpl.watch((dev.modeldex.v1.WatchRequest) request,
              (io.grpc.stub.StreamObserver<dev.modeldex.v1.WatchResponse>) responseObserver);
          break;
        case METHODID_WATCH_MODEL_UPDATES:
          serviceImpl.watchModelUpdates((dev.modeldex.v1.WatchModelUpdatesRequest) request,
              (io.grpc.stub.StreamObserver<dev.modeldex.v1.WatchModelUpdatesResponse>) responseObserver);
          break;
        case METHODID_WATCH_PROVIDER_UPDATES:
          serviceImpl.watchProviderUpdates((dev.modeldex.v1.WatchProviderUpdatesRequest) request,
              (io.grpc.stub.StreamObserver<dev.modeldex.v1.WatchProviderUpdatesResponse>) responseObserver);
          break;
        case METHODID_WATCH_CAPABILITY_UPDATES:
          serviceImpl.watchCapabilityUpdates((dev.modeldex.v1.WatchCapabilityUpdatesRequest) request,
              (io.grpc.stub.StreamObserver<dev.modeldex.v1.WatchCapabilityUpdatesResponse>) responseObserver);
          break;
        case METHODID_PUBLISH_UPDATES:
          serviceImpl.publishUpdates((dev.modeldex.v1.PublishUpdatesRequest) request,
              (io.grpc.stub.StreamObserver<dev.modeldex.v1.PublishUpdatesResponse>) responseObserver);
          break;
        case METHODID_CREATE_SUBSCRIPTION:
          serviceImpl.createSubscription((dev.modeldex.v1.CreateSubscriptionRequest) request,
              (io.grpc.stub.StreamObserver<dev.modeldex.v1.CreateSubscriptionResponse>) responseObserver);
          break;
        case METHODID_GET_SUBSCRIPTION:
          serviceImpl.getSubscription((dev.modeldex.v1.GetSubscriptionRequest) request,
              (io.grpc.stub.StreamObserver<dev.modeldex.v1.GetSubscriptionResponse>) responseObserver);
          break;
        case METHODID_LIST_SUBSCRIPTIONS:
          serviceImpl.listSubscriptions((dev.modeldex.v1.ListSubscriptionsRequest) request,
              (io.grpc.stub.StreamObserver<dev.modeldex.v1.ListSubscriptionsResponse>) responseObserver);
          break;
        case METHODID_UPDATE_SUBSCRIPTION:
          serviceImpl.updateSubscription((dev.modeldex.v1.UpdateSubscriptionRequest) request,
              (io.grpc.stub.StreamObserver<dev.modeldex.v1.UpdateSubscriptionResponse>) responseObserver);
          break;
        case METHODID_DELETE_SUBSCRIPTION:
          serviceImpl.deleteSubscription((dev.modeldex.v1.DeleteSubscriptionRequest) request,
              (io.grpc.stub.StreamObserver<dev.modeldex.v1.DeleteSubscriptionResponse>) responseObserver);
          break;
        case METHODID_DELETE_CLIENT_SUBSCRIPTIONS:
          serviceImpl.deleteClientSubscriptions((dev.modeldex.v1.DeleteClientSubscriptionsRequest) request,
              (io.grpc.stub.StreamObserver<dev.modeldex.v1.DeleteClientSubscriptionsResponse>) responseObserver);
          break;
        case METHODID_PAUSE_SUBSCRIPTION:
          serviceImpl.pauseSubscription((dev.modeldex.v1.PauseSubscriptionRequest) request,
              (io.grpc.stub.StreamObserver<dev.modeldex.v1.PauseSubscriptionResponse>) responseObserver);
          break;
        case METHODID_RESUME_SUBSCRIPTION:
          serviceImpl.resumeSubscription((dev.modeldex.v1.ResumeSubscriptionRequest) request,
              (io.grpc.stub.StreamObserver<dev.modeldex.v1.ResumeSubscriptionResponse>) responseObserver);
          break;
        case METHODID_ADD_SUBSCRIPTION_FILTER:
          serviceImpl.addSubscriptionFilter((dev.modeldex.v1.AddSubscriptionFilterRequest) request,
              (io.grpc.stub.StreamObserver<dev.modeldex.v1.AddSubscriptionFilterResponse>) responseObserver);
          break;
        case METHODID_REMOVE_SUBSCRIPTION_FILTER:
          serviceImpl.removeSubscriptionFilter((dev.modeldex.v1.RemoveSubscriptionFilterRequest) request,
              (io.grpc.stub.StreamObserver<dev.modeldex.v1.RemoveSubscriptionFilterResponse>) responseObserver);
          break;
        case METHODID_UPDATE_SUBSCRIPTION_FILTER:
          serviceImpl.updateSubscriptionFilter((dev.modeldex.v1.UpdateSubscriptionFilterRequest) request,
              (io.grpc.stub.StreamObserver<dev.modeldex.v1.UpdateSubscriptionFilterResponse>) responseObserver);
          break;
        case METHODID_ACKNOWLEDGE_UPDATES:
          serviceImpl.acknowledgeUpdates((dev.modeldex.v1.AcknowledgeUpdatesRequest) request,
              (io.grpc.stub.StreamObserver<dev.modeldex.v1.AcknowledgeUpdatesResponse>) responseObserver);
          break;
        case METHODID_LIST_DEAD_LETTERS:
          serviceImpl.listDeadLetters((dev.modeldex.v1.ListDeadLettersRequest) request,
              (io.grpc.stub.StreamObserver<dev.modeldex.v1.ListDeadLettersResponse>) responseObserver);
          break;
        case METHODID_GET_SUBSCRIPTION_STATS:
          serviceImpl.getSubscriptionStats((dev.modeldex.v1.GetSubscriptionStatsRequest) request,
              (io.grpc.stub.StreamObserver<dev.modeldex.v1.GetSubscriptionStatsResponse>) responseObserver);
          break;
        case METHODID_GET_PUBLISH_STATS:
          serviceImpl.getPublishStats((dev.modeldex.v1.GetPublishStatsRequest) request,
              (io.grpc.stub.StreamObserver<dev.modeldex.v1.GetPublishStatsResponse>) responseObserver);
          break;
        case METHODID_GET_EVENT_STATS:
          serviceImpl.getEventStats((dev.modeldex.v1.GetEventStatsRequest) request,
              (io.grpc.stub.StreamObserver<dev.modeldex.v1.GetEventStatsResponse>) responseObserver);
          break;
        case METHODID_GET_SUBSCRIBER_HEALTH:
          serviceImpl.getSubscriberHealth((dev.modeldex.v1.GetSubscriberHealthRequest) request,
              (io.grpc.stub.StreamObserver<dev.modeldex.v1.GetSubscriberHealthResponse>) responseObserver);
          break;
        case METHODID_CLEANUP_SUBSCRIPTIONS:
          serviceImpl.cleanupSubscriptions((dev.modeldex.v1.CleanupSubscriptionsRequest) request,
              (io.grpc.stub.StreamObserver<dev.modeldex.v1.CleanupSubscriptionsResponse>) responseObserver);
          break;
        default:
          throw new AssertionError();
      }
    }

    @java.lang.Override
    @java.lang.SuppressWarnings("unchecked")
    public io.grpc.stub.StreamObserver<Req> invoke(
        io.grpc.stub.StreamObserver<Resp> responseObserver) {
      switch (methodId) {
        default:
          throw new AssertionError();
      }
    }
  }

  public static final io.grpc.ServerServiceDefinition bindService(AsyncService service) {
    return io.grpc.ServerServiceDefinition.builder(getServiceDescriptor())
        .addMethod(
          getWatchMethod(),
          io.grpc.stub.ServerCalls.asyncServerStreamingCall(
            new MethodHandlers<
              dev.modeldex.v1.WatchRequest,
              dev.modeldex.v1.WatchResponse>(
                service, METHODID_WATCH)))
        .addMethod(
          getWatchModelUpdatesMethod(),
          io.grpc.stub.ServerCalls.asyncServerStreamingCall(
            new MethodHandlers<
              dev.modeldex.v1.WatchModelUpdatesRequest,
              dev.modeldex.v1.WatchModelUpdatesResponse>(
                service, METHODID_WATCH_MODEL_UPDATES)))
        .addMethod(
          getWatchProviderUpdatesMethod(),
          io.grpc.stub.ServerCalls.asyncServerStreamingCall(
            new MethodHandlers<
              dev.modeldex.v1.WatchProviderUpdatesRequest,
              dev.modeldex.v1.WatchProviderUpdatesResponse>(
                service, METHODID_WATCH_PROVIDER_UPDATES)))
        .addMethod(
          getWatchCapabilityUpdatesMethod(),
          io.grpc.stub.ServerCalls.asyncServerStreamingCall(
            new MethodHandlers<
              dev.modeldex.v1.WatchCapabilityUpdatesRequest,
              dev.modeldex.v1.WatchCapabilityUpdatesResponse>(
                service, METHODID_WATCH_CAPABILITY_UPDATES)))
        .addMethod(
          getPublishUpdatesMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.modeldex.v1.PublishUpdatesRequest,
              dev.modeldex.v1.PublishUpdatesResponse>(
                service, METHODID_PUBLISH_UPDATES)))
        .addMethod(
          getCreateSubscriptionMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.modeldex.v1.CreateSubscriptionRequest,
              dev.modeldex.v1.CreateSubscriptionResponse>(
                service, METHODID_CREATE_SUBSCRIPTION)))
        .addMethod(
          getGetSubscriptionMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.modeldex.v1.GetSubscriptionRequest,
              dev.modeldex.v1.GetSubscriptionResponse>(
                service, METHODID_GET_SUBSCRIPTION)))
        .addMethod(
          getListSubscriptionsMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.modeldex.v1.ListSubscriptionsRequest,
              dev.modeldex.v1.ListSubscriptionsResponse>(
                service, METHODID_LIST_SUBSCRIPTIONS)))
        .addMethod(
          getUpdateSubscriptionMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.modeldex.v1.UpdateSubscriptionRequest,
              dev.modeldex.v1.UpdateSubscriptionResponse>(
                service, METHODID_UPDATE_SUBSCRIPTION)))
        .addMethod(
          getDeleteSubscriptionMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.modeldex.v1.DeleteSubscriptionRequest,
              dev.modeldex.v1.DeleteSubscriptionResponse>(
                service, METHODID_DELETE_SUBSCRIPTION)))
        .addMethod(
          getDeleteClientSubscriptionsMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.modeldex.v1.DeleteClientSubscriptionsRequest,
              dev.modeldex.v1.DeleteClientSubscriptionsResponse>(
                service, METHODID_DELETE_CLIENT_SUBSCRIPTIONS)))
        .addMethod(
          getPauseSubscriptionMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.modeldex.v1.PauseSubscriptionRequest,
              dev.modeldex.v1.PauseSubscriptionResponse>(
                service, METHODID_PAUSE_SUBSCRIPTION)))
        .addMethod(
          getResumeSubscriptionMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.modeldex.v1.ResumeSubscriptionRequest,
              dev.modeldex.v1.ResumeSubscriptionResponse>(
                service, METHODID_RESUME_SUBSCRIPTION)))
        .addMethod(
          getAddSubscriptionFilterMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.modeldex.v1.AddSubscriptionFilterRequest,
              dev.modeldex.v1.AddSubscriptionFilterResponse>(
                service, METHODID_ADD_SUBSCRIPTION_FILTER)))
        .addMethod(
          getRemoveSubscriptionFilterMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.modeldex.v1.RemoveSubscriptionFilterRequest,
              dev.modeldex.v1.RemoveSubscriptionFilterResponse>(
                service, METHODID_REMOVE_SUBSCRIPTION_FILTER)))
        .addMethod(
          getUpdateSubscriptionFilterMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.modeldex.v1.UpdateSubscriptionFilterRequest,
              dev.modeldex.v1.UpdateSubscriptionFilterResponse>(
                service, METHODID_UPDATE_SUBSCRIPTION_FILTER)))
        .addMethod(
          getAcknowledgeUpdatesMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.modeldex.v1.AcknowledgeUpdatesRequest,
              dev.modeldex.v1.AcknowledgeUpdatesResponse>(
                service, METHODID_ACKNOWLEDGE_UPDATES)))
        .addMethod(
          getListDeadLettersMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.modeldex.v1.ListDeadLettersRequest,
              dev.modeldex.v1.ListDeadLettersResponse>(
                service, METHODID_LIST_DEAD_LETTERS)))
        .addMethod(
          getGetSubscriptionStatsMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.modeldex.v1.GetSubscriptionStatsRequest,
              dev.modeldex.v1.GetSubscriptionStatsResponse>(
                service, METHODID_GET_SUBSCRIPTION_STATS)))
        .addMethod(
          getGetPublishStatsMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.modeldex.v1.GetPublishStatsRequest,
              dev.modeldex.v1.GetPublishStatsResponse>(
                service, METHODID_GET_PUBLISH_STATS)))
        .addMethod(
          getGetEventStatsMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.modeldex.v1.GetEventStatsRequest,
              dev.modeldex.v1.GetEventStatsResponse>(
                service, METHODID_GET_EVENT_STATS)))
        .addMethod(
          getGetSubscriberHealthMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.modeldex.v1.GetSubscriberHealthRequest,
              dev.modeldex.v1.GetSubscriberHealthResponse>(
                service, METHODID_GET_SUBSCRIBER_HEALTH)))
        .addMethod(
          getCleanupSubscriptionsMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.modeldex.v1.CleanupSubscriptionsRequest,
              dev.modeldex.v1.CleanupSubscriptionsResponse>(
                service, METHODID_CLEANUP_SUBSCRIPTIONS)))
        .build();
  }

  private static abstract class SubscriberServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoFileDescriptorSupplier, io.grpc.protobuf.ProtoServiceDescriptorSupplier {
    SubscriberServiceBaseDescriptorSupplier() {}

    @java.lang.Override
    public com.google.protobuf.Descriptors.FileDescriptor getFileDescriptor() {
      return dev.modeldex.v1.SubscriberServiceProto.getDescriptor();
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.ServiceDescriptor getServiceDescriptor() {
      return getFileDescriptor().findServiceByName("SubscriberService");
    }
  }

  private static final class SubscriberServiceFileDescriptorSupplier
      extends SubscriberServiceBaseDescriptorSupplier {
    SubscriberServiceFileDescriptorSupplier() {}
  }

  private static final class SubscriberServiceMethodDescriptorSupplier
      extends SubscriberServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoMethodDescriptorSupplier {
    private final java.lang.String methodName;

    SubscriberServiceMethodDescriptorSupplier(java.lang.String methodName) {
      this.methodName = methodName;
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.MethodDescriptor getMethodDescriptor() {
      return getServiceDescriptor().findMethodByName(methodName);
    }
  }

  private static volatile io.grpc.ServiceDescriptor serviceDescriptor;

  public static io.grpc.ServiceDescriptor getServiceDescriptor() {
    io.grpc.ServiceDescriptor result = serviceDescriptor;
    if (result == null) {
      synchronized (SubscriberServiceGrpc.class) {
        result = serviceDescriptor;
        if (result == null) {
          serviceDescriptor = result = io.grpc.ServiceDescriptor.newBuilder(SERVICE_NAME)
              .setSchemaDescriptor(new SubscriberServiceFileDescriptorSupplier())
              .addMethod(getWatchMethod())
              .addMethod(getWatchModelUpdatesMethod())
              .addMethod(getWatchProviderUpdatesMethod())
              .addMethod(getWatchCapabilityUpdatesMethod())
              .addMethod(getPublishUpdatesMethod())
              .addMethod(getCreateSubscriptionMethod())
              .addMethod(getGetSubscriptionMethod())
              .addMethod(getListSubscriptionsMethod())
              .addMethod(getUpdateSubscriptionMethod())
              .addMethod(getDeleteSubscriptionMethod())
              .addMethod(getDeleteClientSubscriptionsMethod())
              .addMethod(getPauseSubscriptionMethod())
              .addMethod(getResumeSubscriptionMethod())
              .addMethod(getAddSubscriptionFilterMethod())
              .addMethod(getRemoveSubscriptionFilterMethod())
              .addMethod(getUpdateSubscriptionFilterMethod())
              .addMethod(getAcknowledgeUpdatesMethod())
              .addMethod(getListDeadLettersMethod())
              .addMethod(getGetSubscriptionStatsMethod())
              .addMethod(getGetPublishStatsMethod())
              .addMethod(getGetEventStatsMethod())
              .addMethod(getGetSubscriberHealthMethod())
              .addMethod(getCleanupSubscriptionsMethod())
              .build();
        }
      }
    }
    return result;
  }
}
